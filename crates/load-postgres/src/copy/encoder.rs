//! The encoder of record batches.

use arrow::record_batch::RecordBatch;
use bytes::{BufMut, BytesMut};

use super::column_writer::ColumnWriter;
use super::{EncodeError, PgType};

/// The signature, the flags (none) and the length of the header extension (0).
const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The field count that ends the stream.
const TRAILER: i16 = -1;

/// An encoder of Arrow record batches to the stream of `COPY … FROM STDIN (FORMAT binary)`.
///
/// The stream begins with a header and ends with a trailer. The statement must list the columns in the order of the
/// encoder. A column that a batch lacks is NULL.
///
/// | PostgreSQL | Arrow |
/// |---|---|
/// | `boolean` | boolean |
/// | `smallint`, `integer`, `bigint` | signed integers |
/// | `double precision` | floats, signed integers, decimals |
/// | `numeric` | decimals, signed integers |
/// | `text`, `jsonb` | strings |
/// | `bytea` | binary |
/// | `date` | date32 |
/// | `time` | times; nanoseconds are rounded down to microseconds |
/// | `timestamp`, `timestamp with time zone` | timestamps, with values in UTC; nanoseconds are rounded down to microseconds |
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array};
/// use arrow::record_batch::RecordBatch;
/// use bytes::BytesMut;
/// use catchment_load_postgres::{Encoder, PgType};
///
/// let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
/// let batch = RecordBatch::try_from_iter([("id", ids)])?;
///
/// let encoder = Encoder::new([("id", PgType::Int8), ("name", PgType::Text)])?;
/// let mut stream = BytesMut::new();
/// Encoder::write_header(&mut stream);
/// encoder.encode(&batch, &mut stream)?;
/// Encoder::write_trailer(&mut stream);
/// assert_eq!(stream.len(), 19 + 2 * (2 + 12 + 4) + 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Encoder {
    columns: Vec<(String, PgType)>,
    field_count: i16,
}

impl Encoder {
    /// Creates an encoder of columns, each with its name in the batches and its PostgreSQL type.
    ///
    /// # Errors
    ///
    /// Returns an error if there are more than 32,767 columns.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, PgType)>) -> Result<Encoder, EncodeError> {
        let columns: Vec<(String, PgType)> = columns.into_iter().map(|(name, pg_type)| (name.into(), pg_type)).collect();
        let field_count = i16::try_from(columns.len()).map_err(|_| EncodeError::TooManyColumns { columns: columns.len() })?;
        Ok(Encoder { columns, field_count })
    }

    /// Appends the header of a stream.
    pub fn write_header(out: &mut BytesMut) {
        out.extend_from_slice(HEADER);
    }

    /// Appends the trailer of a stream. Without it, PostgreSQL rejects the stream as incomplete.
    pub fn write_trailer(out: &mut BytesMut) {
        out.put_i16(TRAILER);
    }

    /// Appends all rows of a batch.
    ///
    /// # Errors
    ///
    /// Returns an error if a column of the batch has an unsupported type or PostgreSQL cannot store a value. `out` is
    /// unchanged then.
    pub fn encode(&self, batch: &RecordBatch, out: &mut BytesMut) -> Result<(), EncodeError> {
        let start = out.len();
        let encoded = self.append_rows(batch, out);
        if encoded.is_err() {
            out.truncate(start);
        }
        encoded
    }

    fn append_rows(&self, batch: &RecordBatch, out: &mut BytesMut) -> Result<(), EncodeError> {
        let writer = |(name, pg_type): &(String, PgType)| match batch.column_by_name(name) {
            Some(array) => ColumnWriter::new(array, *pg_type).ok_or_else(|| EncodeError::UnsupportedType {
                column: name.clone(),
                arrow_type: Box::new(array.data_type().clone()),
                pg_type: *pg_type,
            }),
            None => Ok(ColumnWriter::Null),
        };
        let writers = self.columns.iter().map(writer).collect::<Result<Vec<_>, _>>()?;
        let rows = batch.num_rows();
        out.reserve(rows * size_of::<i16>() + writers.iter().map(|writer| writer.size_hint(rows)).sum::<usize>());
        for row in 0..rows {
            out.put_i16(self.field_count);
            for (column, writer) in self.columns.iter().zip(&writers) {
                writer.write(row, out).map_err(|error| error.at(&column.0, row))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use arrow::datatypes::Schema;

    use super::*;

    fn batch() -> RecordBatch {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
        let names: ArrayRef = Arc::new(StringArray::from(vec!["a", "b\0"]));
        RecordBatch::try_from_iter([("id", ids), ("name", names)]).unwrap()
    }

    fn encode(columns: &[(&str, PgType)]) -> Result<Vec<u8>, EncodeError> {
        let mut out = BytesMut::from("x");
        let encoded = Encoder::new(columns.iter().copied()).unwrap().encode(&batch(), &mut out);
        if encoded.is_err() {
            assert_eq!(out, "x");
        }
        encoded.map(|()| out[1..].to_vec())
    }

    #[test]
    fn rows_have_the_columns_of_the_encoder() {
        fn check(columns: &[(&str, PgType)], expected: &[u8]) {
            assert_eq!(encode(columns).unwrap(), expected, "{columns:?}");
        }
        check(&[], &[0, 0, 0, 0]);
        check(&[("other", PgType::Date)], &[0, 1, 255, 255, 255, 255, 0, 1, 255, 255, 255, 255]);
        check(&[("id", PgType::Int2)], &[0, 1, 0, 0, 0, 2, 0, 1, 0, 1, 255, 255, 255, 255]);
    }

    #[test]
    fn errors_have_the_position() {
        fn check(column: &str, pg_type: PgType, expected: &str) {
            assert_eq!(encode(&[(column, pg_type)]).unwrap_err().to_string().split(';').next(), Some(expected));
        }
        check(
            "name",
            PgType::Text,
            r#"column `name`, row 2: "b\0" contains the character U+0000, which PostgreSQL cannot store"#,
        );
        check("name", PgType::Bool, "column `name` of type Utf8 cannot be written as boolean");
    }

    #[test]
    fn columns_are_limited() {
        let check = |count: usize, is_valid: bool| {
            assert_eq!(Encoder::new((0..count).map(|at| (at.to_string(), PgType::Bool))).is_ok(), is_valid, "{count}");
        };
        check(1600, true);
        check(32_767, true);
        check(32_768, false);
    }

    #[test]
    fn streams_have_header_and_trailer() {
        let mut out = BytesMut::new();
        Encoder::write_header(&mut out);
        Encoder::write_trailer(&mut out);
        assert_eq!(&out[..], b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\xff\xff");
        let empty = RecordBatch::new_empty(Arc::new(Schema::empty()));
        Encoder::new([("a", PgType::Bool)]).unwrap().encode(&empty, &mut out).unwrap();
        assert_eq!(out.len(), 21);
    }
}
