//! The PostgreSQL destination: connections, binary COPY and the classification of errors.
//!
//! [`PostgresSettings`] and [`PostgresOptions`] describe a connection as libpq and dlt do, and [`connect`] opens it.
//! [`Encoder`] converts Arrow record batches to the binary format of `COPY … FROM STDIN`. [`classify`] and [`describe`]
//! interpret errors of the server.
//!
//! | feature | effect |
//! |---|---|
//! | `testing` | Adds the module `testing` with databases for tests. |
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod connection;
mod connector;
mod copy;
mod destination;
mod dialect;
mod error;
mod query;
mod session;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use connection::{
    ClientCertificate, ConnectError, HostAddress, Keepalives, OptionsError, PostgresOptions, PostgresSettings, RootCertificates,
    TlsConnector, TlsError, TlsMode, TlsOptions, TlsStream, connect, parse_pgpass, parse_service,
};
pub use copy::{EncodeError, Encoder, PgType};
pub use destination::Postgres;
pub use error::{Failure, classify, classify_state, describe};
