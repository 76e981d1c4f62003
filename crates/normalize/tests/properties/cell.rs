//! Values of columns in a form that can be compared, whatever array they were in.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};

/// One value of a column that is not null.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Cell {
    Text(String),
    /// Of any integer type.
    Integer(i128),
    /// As bits, so that NaN is equal to itself.
    Double(u64),
    Bool(bool),
    /// Microseconds.
    Instant(i64),
}

impl Cell {
    pub(crate) fn double(n: f64) -> Cell {
        // there is one NaN and one zero
        Cell::Double(if n.is_nan() { f64::NAN.to_bits() } else { (n + 0.0).to_bits() })
    }

    /// The value in `row`; none where it is null.
    pub(crate) fn of(array: &ArrayRef, row: usize) -> Option<Cell> {
        if array.is_null(row) {
            return None;
        }
        Some(match array.data_type() {
            DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
            DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row).into()),
            DataType::Decimal128(_, 0) => Cell::Integer(array.as_primitive::<Decimal128Type>().value(row)),
            DataType::Float64 => Cell::double(array.as_primitive::<Float64Type>().value(row)),
            DataType::Boolean => Cell::Bool(array.as_boolean().value(row)),
            DataType::Timestamp(..) => Cell::Instant(array.as_primitive::<TimestampMicrosecondType>().value(row)),
            other => panic!("no test makes columns of {other}"),
        })
    }
}
