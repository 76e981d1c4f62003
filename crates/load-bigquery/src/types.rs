//! Types of BigQuery: <https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types>.

use arrow::datatypes::{DataType as ArrowType, TimeUnit};
use catchment_json::Value;
use catchment_schema::{Column, ColumnType, DataType};
use serde_json::json;

/// The digits of NUMERIC and BIGNUMERIC: precision and scale.
const NUMERIC: (u8, i8) = (38, 9);
const BIGNUMERIC: (u8, i8) = (76, 38);

/// Returns the type of a column, in the form of [`canonical`].
pub(crate) fn column_type(column: &Column) -> String {
    let number = |hint: &str| column.hints.get(hint).and_then(Value::as_i64);
    let with_length = |name: &str| match number("precision") {
        Some(length @ 1..) => format!("{name}({length})"),
        _ => name.to_owned(),
    };
    let name = match column.data_type {
        Some(DataType::Text) | None => return with_length("STRING"),
        Some(DataType::Binary) => return with_length("BYTES"),
        Some(DataType::Double) => "FLOAT64",
        Some(DataType::Bool) => "BOOL",
        Some(DataType::Timestamp) => "TIMESTAMP",
        Some(DataType::Bigint) if number("precision").is_some_and(|bits| bits > 64) => "BIGNUMERIC",
        Some(DataType::Bigint) => "INT64",
        Some(DataType::Json) => "JSON",
        Some(DataType::Decimal) => return decimal(number("precision").unwrap_or(38), number("scale").unwrap_or(9)),
        Some(DataType::Wei) => "BIGNUMERIC",
        Some(DataType::Date) => "DATE",
        Some(DataType::Time) => "TIME",
    };
    name.to_owned()
}

/// NUMERIC has up to 29 digits before and 9 after the point, BIGNUMERIC 38 of each.
fn decimal(precision: i64, scale: i64) -> String {
    let precision = precision.max(scale).max(1);
    match (precision - scale, scale) {
        (..=29, ..=9) => canonical(&format!("NUMERIC({precision},{scale})")),
        (..=38, ..=38) => canonical(&format!("BIGNUMERIC({precision},{scale})")),
        _ => "BIGNUMERIC".to_owned(),
    }
}

/// Returns the form of a type in which equal types are equal: without spaces, with a scale, and without the parameters of
/// the largest NUMERIC.
pub(crate) fn canonical(type_name: &str) -> String {
    let name: String = type_name.chars().filter(|character| !character.is_whitespace()).collect();
    match name.as_str() {
        "NUMERIC(38,9)" => "NUMERIC".to_owned(),
        "BIGNUMERIC(76,38)" => "BIGNUMERIC".to_owned(),
        decimal if decimal.contains("NUMERIC(") && !decimal.contains(',') => decimal.replace(')', ",0)"),
        _ => name,
    }
}

/// Returns a type without its parameters.
pub(crate) fn base(type_name: &str) -> &str {
    type_name.split_once('(').map_or(type_name, |(base, _)| base)
}

/// Returns precision and scale of a NUMERIC or BIGNUMERIC type.
fn digits(type_name: &str) -> Option<(u8, i8)> {
    match type_name {
        "NUMERIC" => return Some(NUMERIC),
        "BIGNUMERIC" => return Some(BIGNUMERIC),
        _ => {}
    }
    let (precision, scale) = type_name.split_once("NUMERIC(")?.1.strip_suffix(')')?.split_once(',')?;
    Some((precision.parse().ok()?, scale.parse().ok()?))
}

/// Returns the column type of a number type that can be widened.
pub(crate) fn number_type(type_name: &str) -> Option<ColumnType> {
    match type_name {
        "INT64" => Some(ColumnType::BIGINT),
        "FLOAT64" => Some(ColumnType::Double),
        _ => {
            let (precision, scale) = digits(type_name)?;
            Some(ColumnType::Decimal { precision, scale: u8::try_from(scale).ok()? })
        }
    }
}

/// Returns the Arrow type with the values of a type, or `None` for types that Arrow does not have.
pub(crate) fn arrow_type(type_name: &str) -> Option<ArrowType> {
    Some(match base(type_name) {
        // Aliases as in the results of queries.
        "INT64" | "INTEGER" => ArrowType::Int64,
        "FLOAT64" | "FLOAT" => ArrowType::Float64,
        "BOOL" | "BOOLEAN" => ArrowType::Boolean,
        "STRING" | "JSON" => ArrowType::Utf8,
        "BYTES" => ArrowType::Binary,
        "DATE" => ArrowType::Date32,
        "TIME" => ArrowType::Time64(TimeUnit::Microsecond),
        "TIMESTAMP" => ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        "DATETIME" => ArrowType::Timestamp(TimeUnit::Microsecond, None),
        "NUMERIC" | "BIGNUMERIC" => match digits(type_name)? {
            (precision @ ..=38, scale) => ArrowType::Decimal128(precision, scale),
            (precision, scale) => ArrowType::Decimal256(precision, scale),
        },
        _ => return None,
    })
}

/// Returns the type of a column of a staging table: that of the Parquet file. Lengths are checked by the insert.
pub(crate) fn staging_type(column: &Column) -> String {
    match base(&column_type(column)) {
        // Parquet has no JSON that BigQuery loads.
        "JSON" => "STRING".to_owned(),
        name => name.to_owned(),
    }
}

/// Returns a column as a resource of the API.
pub(crate) fn field(name: &str, type_name: &str) -> serde_json::Value {
    json!({"name": name, "type": base(type_name), "mode": "NULLABLE"})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(data_type: DataType, precision: Option<i64>, scale: Option<i64>) -> Column {
        let mut column = Column::new("c", data_type);
        for (hint, value) in [("precision", precision), ("scale", scale)] {
            value.map(|value| column.hints.insert(hint.to_owned(), value.into()));
        }
        column
    }

    #[test]
    fn columns_have_types() {
        fn check(data_type: DataType, precision: Option<i64>, scale: Option<i64>, expected: &str) {
            assert_eq!(column_type(&column(data_type, precision, scale)), expected);
        }
        check(DataType::Text, None, None, "STRING");
        check(DataType::Text, Some(20), None, "STRING(20)");
        check(DataType::Binary, Some(16), None, "BYTES(16)");
        check(DataType::Double, None, None, "FLOAT64");
        check(DataType::Bigint, Some(16), None, "INT64");
        check(DataType::Bigint, Some(128), None, "BIGNUMERIC");
        check(DataType::Timestamp, Some(3), None, "TIMESTAMP");
        check(DataType::Json, None, None, "JSON");
        check(DataType::Decimal, None, None, "NUMERIC");
        check(DataType::Decimal, Some(10), Some(2), "NUMERIC(10,2)");
        check(DataType::Decimal, Some(38), Some(0), "BIGNUMERIC(38,0)");
        check(DataType::Decimal, Some(38), Some(18), "BIGNUMERIC(38,18)");
        check(DataType::Decimal, Some(50), Some(2), "BIGNUMERIC");
        check(DataType::Decimal, Some(2), Some(4), "NUMERIC(4,4)");
        check(DataType::Wei, None, None, "BIGNUMERIC");
    }

    #[test]
    fn types_of_the_service_are_made_canonical() {
        fn check(found: &str, expected: &str, arrow: Option<ArrowType>) {
            assert_eq!((canonical(found).as_str(), arrow_type(&canonical(found))), (expected, arrow));
        }
        check("NUMERIC(38, 9)", "NUMERIC", Some(ArrowType::Decimal128(38, 9)));
        check("NUMERIC(10, 2)", "NUMERIC(10,2)", Some(ArrowType::Decimal128(10, 2)));
        check("BIGNUMERIC(38)", "BIGNUMERIC(38,0)", Some(ArrowType::Decimal128(38, 0)));
        check("BIGNUMERIC", "BIGNUMERIC", Some(ArrowType::Decimal256(76, 38)));
        check("STRING(20)", "STRING(20)", Some(ArrowType::Utf8));
        check("ARRAY<INT64>", "ARRAY<INT64>", None);
        check("STRUCT<a INT64>", "STRUCT<aINT64>", None);
    }
}
