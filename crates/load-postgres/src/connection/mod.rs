//! Connections: connection strings and settings as in libpq and dlt, TLS, and the choice of a host.

mod connect;
mod connection_string;
mod error;
mod host;
mod key_value;
mod options;
mod parameters;
mod passfile;
mod service_file;
mod settings;
mod tls;
mod url;

pub use connect::{ConnectError, connect};
pub use error::OptionsError;
pub use host::HostAddress;
pub use options::{Keepalives, PostgresOptions};
pub use passfile::parse_pgpass;
pub use service_file::parse_service;
pub use settings::PostgresSettings;
pub use tls::{ClientCertificate, RootCertificates, TlsConnector, TlsError, TlsMode, TlsOptions, TlsStream};
