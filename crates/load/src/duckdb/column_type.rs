//! Mapping between column types and DuckDB types.

use catchment_json::Value;
use catchment_schema::{Column, ColumnType, DataType, TimestampUnit};

/// Returns the DuckDB type of a column.
pub(super) fn column_type(column: &Column) -> String {
    let number = |hint: &str| column.hints.get(hint).and_then(Value::as_i64);
    let name = match column.data_type {
        Some(DataType::Text) | None => "VARCHAR",
        Some(DataType::Double) => "DOUBLE",
        Some(DataType::Bool) => "BOOLEAN",
        Some(DataType::Timestamp) => match column.column_type() {
            Some(ColumnType::Timestamp { timezone: false, unit }) => match unit {
                TimestampUnit::Second => "TIMESTAMP_S",
                TimestampUnit::Millisecond => "TIMESTAMP_MS",
                TimestampUnit::Microsecond => "TIMESTAMP",
                TimestampUnit::Nanosecond => "TIMESTAMP_NS",
            },
            _ => "TIMESTAMP WITH TIME ZONE",
        },
        Some(DataType::Bigint) => match number("precision").unwrap_or(64) {
            ..=8 => "TINYINT",
            9..=16 => "SMALLINT",
            17..=32 => "INTEGER",
            33..=64 => "BIGINT",
            _ => "HUGEINT",
        },
        Some(DataType::Binary) => "BLOB",
        Some(DataType::Json) => "JSON",
        Some(DataType::Decimal) => {
            let (precision, scale) = (number("precision").unwrap_or(38), number("scale").unwrap_or(9));
            return format!("DECIMAL({precision},{scale})");
        }
        Some(DataType::Wei) => "DECIMAL(38,0)",
        Some(DataType::Date) => "DATE",
        Some(DataType::Time) => "TIME",
    };
    name.to_owned()
}

/// Parses a numeric DuckDB type that can be widened. Returns `None` for other types.
pub(super) fn number_type(name: &str) -> Option<ColumnType> {
    let bigint = |bits| Some(ColumnType::Bigint { bits, beyond_double: false });
    match name {
        "TINYINT" => bigint(8),
        "SMALLINT" => bigint(16),
        "INTEGER" => bigint(32),
        "BIGINT" => bigint(64),
        "HUGEINT" => bigint(128),
        "DOUBLE" => Some(ColumnType::Double),
        _ => {
            let (precision, scale) = name.strip_prefix("DECIMAL(")?.strip_suffix(')')?.split_once(',')?;
            Some(ColumnType::Decimal { precision: precision.parse().ok()?, scale: scale.trim().parse().ok()? })
        }
    }
}
