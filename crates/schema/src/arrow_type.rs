//! Logical types to Arrow.

use arrow::datatypes::{DataType as Arrow, TimeUnit};

use crate::DataType;

/// The Arrow type of the arrays that hold `data_type`; JSON is text.
pub fn arrow_type(data_type: DataType) -> Arrow {
    match data_type {
        DataType::Text | DataType::Json => Arrow::Utf8,
        DataType::Double => Arrow::Float64,
        DataType::Bool => Arrow::Boolean,
        DataType::Timestamp => Arrow::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Bigint => Arrow::Int64,
        DataType::Binary => Arrow::Binary,
        DataType::Decimal => Arrow::Decimal128(38, 9),
        DataType::Wei => Arrow::Decimal128(38, 0),
        DataType::Date => Arrow::Date32,
        DataType::Time => Arrow::Time64(TimeUnit::Microsecond),
    }
}
