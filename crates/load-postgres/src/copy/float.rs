//! Numbers as `double precision`.

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use bytes::BytesMut;

use super::column_writer::put_8_bytes;
use super::integer::IntegerValues;
use super::numeric::DecimalValues;
use super::values::PrimitiveValues;

/// Writes numbers as doubles. A number that no double represents is rounded to the nearest one.
#[derive(Debug)]
pub(super) enum FloatWriter<'a> {
    Float32(PrimitiveValues<'a, f32>),
    Float64(PrimitiveValues<'a, f64>),
    /// Integers of a batch that was written before its column was widened.
    Integer(IntegerValues<'a>),
    /// Decimals of a batch that was written before its column was widened.
    Decimal(DecimalValues<'a>),
}

impl<'a> FloatWriter<'a> {
    pub(super) fn new(array: &'a ArrayRef) -> Option<FloatWriter<'a>> {
        match array.data_type() {
            DataType::Float32 => PrimitiveValues::new::<Float32Type>(array).map(FloatWriter::Float32),
            DataType::Float64 => PrimitiveValues::new::<Float64Type>(array).map(FloatWriter::Float64),
            DataType::Decimal128(..) | DataType::Decimal256(..) => DecimalValues::new(array).map(FloatWriter::Decimal),
            _ => IntegerValues::new(array).map(FloatWriter::Integer),
        }
    }

    /// Writes the value of a row. Returns `None` and writes nothing for NULL.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Option<()> {
        let value = match self {
            FloatWriter::Float32(values) => f64::from(values.get(row)?),
            FloatWriter::Float64(values) => values.get(row)?,
            FloatWriter::Integer(values) => values.get(row)? as f64,
            FloatWriter::Decimal(values) => values.nearest_double(row)?,
        };
        put_8_bytes(out, value.to_be_bytes());
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Decimal128Array, Decimal256Array, Float32Array, Float64Array, Int64Array};
    use arrow::datatypes::i256;

    use super::super::PgType;
    use super::super::column_writer::encode_all;
    use super::*;

    #[test]
    fn numbers_become_doubles() {
        fn check(array: ArrayRef, expected: f64) {
            let mut bytes = vec![0, 0, 0, 8];
            bytes.extend_from_slice(&expected.to_be_bytes());
            assert_eq!(encode_all(array, PgType::Float8), Some(Ok(bytes)));
        }
        let decimal = |value, scale| Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(38, scale).unwrap());
        check(Arc::new(Float64Array::from(vec![-0.0])), -0.0);
        check(Arc::new(Float64Array::from(vec![f64::NAN])), f64::NAN);
        check(Arc::new(Float64Array::from(vec![f64::NEG_INFINITY])), f64::NEG_INFINITY);
        check(Arc::new(Float32Array::from(vec![0.5])), 0.5);
        check(Arc::new(Int64Array::from(vec![i64::MAX])), 9_223_372_036_854_775_807.0);
        check(decimal(1, 1), 0.1);
        check(decimal(-325, 2), -3.25);
        check(decimal(5, -2), 500.0);
        check(decimal(123_456_789_012_345_678_901_234_567, 9), 123_456_789_012_345_678.901_234_567);
        let wide = Decimal256Array::from(vec![i256::from_i128(-5)]).with_precision_and_scale(76, 76).unwrap();
        check(Arc::new(wide), -5e-76);
    }
}
