//! Integers as `smallint`, `integer` and `bigint`.

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Int8Type, Int16Type, Int32Type, Int64Type};
use bytes::BytesMut;

use super::PgType;
use super::column_writer::{put_2_bytes, put_4_bytes, put_8_bytes};
use super::error::ValueError;
use super::values::PrimitiveValues;

/// The values of an array of signed integers.
#[derive(Debug)]
pub(super) enum IntegerValues<'a> {
    Int8(PrimitiveValues<'a, i8>),
    Int16(PrimitiveValues<'a, i16>),
    Int32(PrimitiveValues<'a, i32>),
    Int64(PrimitiveValues<'a, i64>),
}

impl<'a> IntegerValues<'a> {
    /// Returns `None` if the array has another type.
    pub(super) fn new(array: &'a ArrayRef) -> Option<IntegerValues<'a>> {
        match array.data_type() {
            DataType::Int8 => PrimitiveValues::new::<Int8Type>(array).map(IntegerValues::Int8),
            DataType::Int16 => PrimitiveValues::new::<Int16Type>(array).map(IntegerValues::Int16),
            DataType::Int32 => PrimitiveValues::new::<Int32Type>(array).map(IntegerValues::Int32),
            DataType::Int64 => PrimitiveValues::new::<Int64Type>(array).map(IntegerValues::Int64),
            _ => None,
        }
    }

    /// Returns the value of the row, or `None` for NULL.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        match self {
            IntegerValues::Int8(values) => values.get(row).map(i64::from),
            IntegerValues::Int16(values) => values.get(row).map(i64::from),
            IntegerValues::Int32(values) => values.get(row).map(i64::from),
            IntegerValues::Int64(values) => values.get(row),
        }
    }
}

/// Writes integers.
#[derive(Debug)]
pub(super) struct IntegerWriter<'a> {
    values: IntegerValues<'a>,
    pg_type: PgType,
}

impl<'a> IntegerWriter<'a> {
    pub(super) fn new(array: &'a ArrayRef, pg_type: PgType) -> Option<IntegerWriter<'a>> {
        Some(IntegerWriter { values: IntegerValues::new(array)?, pg_type })
    }

    /// Writes the value of a row. Returns `None` and writes nothing for NULL.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Result<Option<()>, ValueError> {
        let Some(value) = self.values.get(row) else { return Ok(None) };
        let out_of_range = |_| ValueError::out_of_range(value, self.pg_type);
        match self.pg_type {
            PgType::Int2 => put_2_bytes(out, i16::try_from(value).map_err(out_of_range)?.to_be_bytes()),
            PgType::Int4 => put_4_bytes(out, i32::try_from(value).map_err(out_of_range)?.to_be_bytes()),
            _ => put_8_bytes(out, value.to_be_bytes()),
        }
        Ok(Some(()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int8Array, Int16Array, Int32Array, Int64Array, UInt64Array};

    use super::super::column_writer::encode_all;
    use super::*;

    #[test]
    fn integers() {
        fn check(value: impl Into<i64>, pg_type: PgType, expected: &[u8]) {
            let array = Arc::new(Int64Array::from(vec![value.into()]));
            assert_eq!(encode_all(array, pg_type), Some(Ok(expected.to_vec())));
        }
        check(1, PgType::Int2, &[0, 0, 0, 2, 0, 1]);
        check(-1, PgType::Int2, &[0, 0, 0, 2, 255, 255]);
        check(i16::MIN, PgType::Int2, &[0, 0, 0, 2, 128, 0]);
        check(258, PgType::Int4, &[0, 0, 0, 4, 0, 0, 1, 2]);
        check(-2, PgType::Int8, &[0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 254]);
        check(i64::MAX, PgType::Int8, &[0, 0, 0, 8, 127, 255, 255, 255, 255, 255, 255, 255]);
    }

    #[test]
    fn every_width_is_supported() {
        fn check(array: ArrayRef) {
            assert_eq!(encode_all(array, PgType::Int4), Some(Ok(vec![0, 0, 0, 4, 0, 0, 0, 7, 255, 255, 255, 255])));
        }
        check(Arc::new(Int8Array::from(vec![Some(7), None])));
        check(Arc::new(Int16Array::from(vec![Some(7), None])));
        check(Arc::new(Int32Array::from(vec![Some(7), None])));
        check(Arc::new(Int64Array::from(vec![Some(7), None])));
        assert_eq!(encode_all(Arc::new(UInt64Array::from(vec![7])), PgType::Int4), None);
    }

    #[test]
    fn values_beyond_the_type_are_rejected() {
        fn check(value: i64, pg_type: PgType) {
            let error = ValueError::OutOfRange(value.to_string(), pg_type);
            assert_eq!(encode_all(Arc::new(Int64Array::from(vec![value])), pg_type), Some(Err(error)));
        }
        check(32_768, PgType::Int2);
        check(-32_769, PgType::Int2);
        check(1 << 31, PgType::Int4);
        check(i64::MIN, PgType::Int4);
    }
}
