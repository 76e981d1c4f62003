//! TLS connections to PostgreSQL.

mod channel_binding;
mod connector;
mod error;
mod options;
mod signature;
mod stream;
mod verifier;

pub use connector::TlsConnector;
pub use error::TlsError;
pub(super) use options::tls_options;
pub use options::{ClientCertificate, RootCertificates, TlsMode, TlsOptions};
pub use stream::TlsStream;
