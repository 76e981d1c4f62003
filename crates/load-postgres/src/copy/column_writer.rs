//! The writer of a column, chosen once per column and batch.

use arrow::array::{Array as _, ArrayRef, AsArray as _, BooleanArray};
use arrow::datatypes::DataType;
use bytes::{BufMut as _, BytesMut};

use super::PgType;
use super::bytes_values::{BytesFormat, BytesWriter};
use super::error::ValueError;
use super::float::FloatWriter;
use super::integer::IntegerWriter;
use super::numeric::NumericWriter;
use super::temporal::TemporalWriter;

/// The length that marks a NULL.
const NULL: i32 = -1;

/// Writes the values of one column of a batch.
#[derive(Debug)]
pub(super) enum ColumnWriter<'a> {
    Null,
    Bool(&'a BooleanArray),
    Integer(IntegerWriter<'a>),
    Float(FloatWriter<'a>),
    Numeric(NumericWriter<'a>),
    Bytes(BytesWriter<'a>),
    Temporal(TemporalWriter<'a>),
}

impl<'a> ColumnWriter<'a> {
    /// Returns the writer of an array, or `None` if the array has no encoding as the type.
    pub(super) fn new(array: &'a ArrayRef, pg_type: PgType) -> Option<ColumnWriter<'a>> {
        if *array.data_type() == DataType::Null {
            return Some(ColumnWriter::Null);
        }
        match pg_type {
            PgType::Bool => array.as_boolean_opt().map(ColumnWriter::Bool),
            PgType::Int2 | PgType::Int4 | PgType::Int8 => IntegerWriter::new(array, pg_type).map(ColumnWriter::Integer),
            PgType::Float8 => FloatWriter::new(array).map(ColumnWriter::Float),
            PgType::Numeric => NumericWriter::new(array).map(ColumnWriter::Numeric),
            PgType::Text => BytesWriter::new(array, BytesFormat::Text).map(ColumnWriter::Bytes),
            PgType::Bytea => BytesWriter::new(array, BytesFormat::Binary).map(ColumnWriter::Bytes),
            PgType::Jsonb => BytesWriter::new(array, BytesFormat::Jsonb).map(ColumnWriter::Bytes),
            PgType::Date | PgType::Time | PgType::Timestamp | PgType::TimestampTz => {
                TemporalWriter::new(array, pg_type).map(ColumnWriter::Temporal)
            }
        }
    }

    /// Returns the approximate size of all values in bytes.
    pub(super) fn size_hint(&self, rows: usize) -> usize {
        let fixed = |size: usize| rows * (size_of::<i32>() + size);
        match self {
            ColumnWriter::Null => fixed(0),
            ColumnWriter::Bool(_) => fixed(1),
            ColumnWriter::Integer(_) | ColumnWriter::Float(_) | ColumnWriter::Temporal(_) => fixed(8),
            ColumnWriter::Numeric(_) => fixed(16),
            ColumnWriter::Bytes(writer) => fixed(1) + writer.total_size(),
        }
    }

    /// Appends the value of a row: its length and its bytes.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Result<(), ValueError> {
        let is_null = match self {
            ColumnWriter::Null => true,
            ColumnWriter::Bool(array) => {
                let is_null = array.is_null(row);
                if !is_null {
                    out.extend_from_slice(&[0, 0, 0, 1, u8::from(array.value(row))]);
                }
                is_null
            }
            ColumnWriter::Integer(writer) => writer.write(row, out)?.is_none(),
            ColumnWriter::Float(writer) => writer.write(row, out).is_none(),
            ColumnWriter::Numeric(writer) => writer.write(row, out).is_none(),
            ColumnWriter::Bytes(writer) => writer.write(row, out)?.is_none(),
            ColumnWriter::Temporal(writer) => writer.write(row, out)?.is_none(),
        };
        if is_null {
            out.put_i32(NULL);
        }
        Ok(())
    }
}

/// Appends a value of 2 bytes with its length.
#[inline]
pub(super) fn put_2_bytes(out: &mut BytesMut, [a, b]: [u8; 2]) {
    out.extend_from_slice(&[0, 0, 0, 2, a, b]);
}

/// Appends a value of 4 bytes with its length.
#[inline]
pub(super) fn put_4_bytes(out: &mut BytesMut, [a, b, c, d]: [u8; 4]) {
    out.extend_from_slice(&[0, 0, 0, 4, a, b, c, d]);
}

/// Appends a value of 8 bytes with its length.
#[inline]
pub(super) fn put_8_bytes(out: &mut BytesMut, [a, b, c, d, e, f, g, h]: [u8; 8]) {
    out.extend_from_slice(&[0, 0, 0, 8, a, b, c, d, e, f, g, h]);
}

/// Encodes all values of an array in tests; `None` if the type is unsupported.
#[cfg(test)]
pub(super) fn encode_all(array: ArrayRef, pg_type: PgType) -> Option<Result<Vec<u8>, ValueError>> {
    let writer = ColumnWriter::new(&array, pg_type)?;
    let mut out = BytesMut::new();
    let written = (0..array.len()).try_for_each(|row| writer.write(row, &mut out));
    Some(written.map(|()| out.to_vec()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{BinaryArray, NullArray, StringArray};

    use super::*;

    const ALL: [PgType; 13] = [
        PgType::Bool,
        PgType::Int2,
        PgType::Int4,
        PgType::Int8,
        PgType::Float8,
        PgType::Numeric,
        PgType::Text,
        PgType::Bytea,
        PgType::Jsonb,
        PgType::Date,
        PgType::Time,
        PgType::Timestamp,
        PgType::TimestampTz,
    ];

    #[test]
    fn booleans() {
        let array = Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]));
        let expected = vec![0, 0, 0, 1, 1, 255, 255, 255, 255, 0, 0, 0, 1, 0];
        assert_eq!(encode_all(array, PgType::Bool), Some(Ok(expected)));
    }

    #[test]
    fn a_null_array_fits_every_type() {
        for pg_type in ALL {
            assert_eq!(encode_all(Arc::new(NullArray::new(1)), pg_type), Some(Ok(vec![255; 4])), "{pg_type}");
        }
    }

    #[test]
    fn other_types_are_unsupported() {
        fn check(array: ArrayRef, supported: &[PgType]) {
            for pg_type in ALL {
                assert_eq!(encode_all(array.clone(), pg_type).is_some(), supported.contains(&pg_type), "{pg_type}");
            }
        }
        check(Arc::new(BooleanArray::from(vec![true])), &[PgType::Bool]);
        check(Arc::new(StringArray::from(vec!["1"])), &[PgType::Text, PgType::Jsonb]);
        check(Arc::new(BinaryArray::from(vec![&b"1"[..]])), &[PgType::Bytea]);
    }
}
