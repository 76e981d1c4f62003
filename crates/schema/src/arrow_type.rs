//! Conversion of column types to Arrow.

use arrow::datatypes::{DataType as Arrow, TimeUnit};

use crate::{ColumnType, TimestampUnit};

/// Returns the Arrow type for `column_type`. JSON becomes text; integers of more than 64 bits become decimals with scale 0.
pub fn arrow_type(column_type: ColumnType) -> Arrow {
    match column_type {
        ColumnType::Text | ColumnType::Json => Arrow::Utf8,
        ColumnType::Double => Arrow::Float64,
        ColumnType::Bool => Arrow::Boolean,
        ColumnType::Timestamp { timezone, unit } => {
            let unit = match unit {
                TimestampUnit::Second => TimeUnit::Second,
                TimestampUnit::Millisecond => TimeUnit::Millisecond,
                TimestampUnit::Microsecond => TimeUnit::Microsecond,
                TimestampUnit::Nanosecond => TimeUnit::Nanosecond,
            };
            Arrow::Timestamp(unit, timezone.then(|| "UTC".into()))
        }
        ColumnType::Bigint { bits: ..=64, .. } => Arrow::Int64,
        ColumnType::Bigint { .. } | ColumnType::Wei => Arrow::Decimal128(38, 0),
        ColumnType::Binary => Arrow::Binary,
        ColumnType::Decimal { precision, scale } => Arrow::Decimal128(precision, i8::try_from(scale).unwrap_or(i8::MAX)),
        ColumnType::Date => Arrow::Date32,
        ColumnType::Time => Arrow::Time64(TimeUnit::Microsecond),
    }
}
