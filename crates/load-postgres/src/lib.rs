//! The PostgreSQL destination: connections, binary COPY and the classification of errors.
//!
//! [`Encoder`] converts Arrow record batches to the binary format of `COPY … FROM STDIN`.

mod copy;

pub use copy::{EncodeError, Encoder, PgType};
