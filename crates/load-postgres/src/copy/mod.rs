//! Binary COPY: Arrow record batches as the stream of `COPY … FROM STDIN (FORMAT binary)`.
//!
//! The format is described in the documentation of PostgreSQL, on the page of `COPY`, and that of each value in the
//! `…_recv` function of its type. Each file of this module encodes one family of types.

mod bytes_values;
mod column_writer;
mod encoder;
mod error;
mod float;
mod integer;
mod numeric;
mod pg_type;
mod temporal;
mod values;

pub use encoder::Encoder;
pub use error::EncodeError;
pub use pg_type::PgType;
