//! The PostgreSQL destination: binary COPY and the classification of errors.
//!
//! [`Encoder`] converts Arrow record batches to the binary format of `COPY … FROM STDIN`. [`classify`] and [`describe`]
//! interpret errors of the server.

mod copy;
mod error;

pub use copy::{EncodeError, Encoder, PgType};
pub use error::{Failure, classify, classify_state, describe};
