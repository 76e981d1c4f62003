//! Comparable column values, independent of their array.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};

/// A column value that is not null.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Cell {
    Text(String),
    /// A value of any integer type.
    Integer(i128),
    /// The bits of a double, so that NaN equals itself.
    Double(u64),
    Bool(bool),
    /// Microseconds since 1970.
    Instant(i64),
}

impl Cell {
    pub(crate) fn double(n: f64) -> Cell {
        // Maps all NaNs to one value, and -0.0 to 0.0.
        Cell::Double(if n.is_nan() { f64::NAN.to_bits() } else { (n + 0.0).to_bits() })
    }

    /// Returns the value in `row`, or `None` if it is null.
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
            other => panic!("unexpected column type {other}"),
        })
    }
}
