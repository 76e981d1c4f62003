//! The SQL dialect of PostgreSQL, with the mapping between column types and PostgreSQL types.

use arrow::datatypes::{DataType as ArrowType, TimeUnit};
use catchment_json::Value;
use catchment_load::Dialect;
use catchment_load::sql::DatasetName;
use catchment_schema::{Column, ColumnType, DataType};

/// The SQL dialect of PostgreSQL. Types are written as `format_type` does.
#[derive(Debug)]
pub(crate) struct PostgresDialect;

impl Dialect for PostgresDialect {
    fn column_type(&self, column: &Column) -> String {
        column_type(column)
    }

    fn number_type(&self, type_name: &str) -> Option<ColumnType> {
        let bigint = |bits| Some(ColumnType::Bigint { bits, beyond_double: false });
        match type_name {
            "smallint" => bigint(16),
            "integer" => bigint(32),
            "bigint" => bigint(64),
            "double precision" => Some(ColumnType::Double),
            _ => {
                let (precision, scale) = numeric(type_name)?;
                Some(ColumnType::Decimal { precision: u8::try_from(precision).ok()?, scale: u8::try_from(scale).ok()? })
            }
        }
    }

    fn arrow_type(&self, type_name: &str) -> Option<ArrowType> {
        arrow_type(type_name)
    }

    fn columns_query(&self, dataset: &DatasetName) -> String {
        format!(
            "SELECT c.relname::text AS table_name, a.attname::text AS column_name, \
             format_type(a.atttypid, a.atttypmod) AS data_type \
             FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = c.oid \
             WHERE n.nspname = {} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped \
             ORDER BY c.relname, a.attnum",
            self.text_literal(&dataset.name)
        )
    }

    fn micros_as_text(&self, timestamp: &str) -> String {
        format!("(extract(epoch FROM {timestamp}) * 1000000)::bigint::text")
    }

    fn lock(&self, dataset: &DatasetName) -> Option<String> {
        let key = self.text_literal(&format!("catchment dataset {}", dataset.name));
        Some(format!("SELECT pg_advisory_xact_lock(hashtextextended({key}, 0))"))
    }

    fn adds_columns_at_once(&self) -> bool {
        true
    }

    fn create_staging_table(&self, name: &str, columns: &[(&str, String)]) -> String {
        let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", self.quote(name))).collect();
        format!("CREATE TEMP TABLE {name} (\n  {}\n) ON COMMIT DROP", columns.join(",\n  "))
    }

    /// A cast cuts text and bits to the length of the column, an assignment rejects them.
    fn casts_to(&self, found: &str) -> bool {
        !["character", "bit"].iter().any(|name| found.starts_with(name))
    }

    /// Compares arrays, in which null equals null: unlike `IS NOT DISTINCT FROM`, the equality of arrays can use hash joins.
    fn equal_or_both_null(&self, left: &str, right: &str) -> String {
        format!("ARRAY[{left}] = ARRAY[{right}]")
    }
}

impl PostgresDialect {
    /// Returns the query of the name of a dataset, which has a row if the dataset exists.
    pub(crate) fn dataset_query(&self, dataset: &DatasetName) -> String {
        format!("SELECT nspname::text FROM pg_namespace WHERE nspname = {}", self.text_literal(&dataset.name))
    }
}

/// Returns the PostgreSQL type of a column.
fn column_type(column: &Column) -> String {
    let number = |hint: &str| column.hints.get(hint).and_then(Value::as_i64);
    // PostgreSQL stores microseconds.
    let with_precision = |name: &str, zone: &str| match number("precision") {
        Some(digits @ 0..6) => format!("{name}({digits}) {zone}"),
        _ => format!("{name} {zone}"),
    };
    let name = match column.data_type {
        Some(DataType::Text) | None => match number("precision") {
            Some(length @ 1..) => return format!("character varying({length})"),
            _ => "character varying",
        },
        Some(DataType::Double) => "double precision",
        Some(DataType::Bool) => "boolean",
        Some(DataType::Timestamp) => {
            let has_zone = column.hints.get("timezone").and_then(Value::as_bool).unwrap_or(true);
            return with_precision("timestamp", if has_zone { "with time zone" } else { "without time zone" });
        }
        Some(DataType::Bigint) => match number("precision").unwrap_or(64) {
            ..=16 => "smallint",
            17..=32 => "integer",
            33..=64 => "bigint",
            _ => "numeric(38,0)",
        },
        Some(DataType::Binary) => "bytea",
        Some(DataType::Json) => "jsonb",
        Some(DataType::Decimal) => {
            return format!("numeric({},{})", number("precision").unwrap_or(38), number("scale").unwrap_or(9));
        }
        Some(DataType::Wei) => "numeric(156,78)",
        Some(DataType::Date) => "date",
        Some(DataType::Time) => return with_precision("time", "without time zone"),
    };
    name.to_owned()
}

/// Returns the precision and scale of `numeric(p,s)`.
fn numeric(type_name: &str) -> Option<(u16, u16)> {
    let (precision, scale) = type_name.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
    Some((precision.parse().ok()?, scale.parse().ok()?))
}

/// Returns the Arrow type with the values of a PostgreSQL type, or `None` for types that Arrow does not have.
pub(crate) fn arrow_type(name: &str) -> Option<ArrowType> {
    // Sub-second digits that a column would round. Arrow has no unit for the other precisions.
    let unit = match name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(digits, _)| digits) {
        Some("0") => TimeUnit::Second,
        Some("1" | "2" | "3") => TimeUnit::Millisecond,
        _ => TimeUnit::Microsecond,
    };
    let timestamp = |zone: Option<&str>| ArrowType::Timestamp(unit, zone.map(Into::into));
    Some(match name {
        "boolean" => ArrowType::Boolean,
        "smallint" => ArrowType::Int16,
        "integer" => ArrowType::Int32,
        "bigint" => ArrowType::Int64,
        "real" => ArrowType::Float32,
        "double precision" => ArrowType::Float64,
        "text" | "character varying" | "json" | "jsonb" | "name" => ArrowType::Utf8,
        "bytea" => ArrowType::Binary,
        "date" => ArrowType::Date32,
        _ if name.starts_with("character varying(") => ArrowType::Utf8,
        _ if name.starts_with("time") && name.ends_with("without time zone") && !name.starts_with("timestamp") => {
            ArrowType::Time64(TimeUnit::Microsecond)
        }
        _ if name.starts_with("timestamp") && name.ends_with("with time zone") => timestamp(Some("UTC")),
        _ if name.starts_with("timestamp") => timestamp(None),
        _ => {
            let (precision, scale) = numeric(name)?;
            match (precision, i8::try_from(scale)) {
                (..=38, Ok(scale)) => ArrowType::Decimal128(u8::try_from(precision).ok()?, scale),
                (..=76, Ok(scale)) => ArrowType::Decimal256(u8::try_from(precision).ok()?, scale),
                // as dlt does, which keeps the integer digits
                (_, Ok(scale)) => {
                    let digits = i32::from(precision) - i32::from(scale);
                    ArrowType::Decimal256(76, i8::try_from((76 - digits).max(0)).ok()?)
                }
                _ => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use catchment_schema::TimestampUnit;

    use super::*;

    #[test]
    fn columns_have_postgres_types() {
        fn check(column_type: ColumnType, expected: &str) {
            assert_eq!(super::column_type(&Column::with_type("c", column_type)), expected);
        }
        let local = |unit| ColumnType::Timestamp { timezone: false, unit };
        check(ColumnType::Text, "character varying");
        check(ColumnType::Double, "double precision");
        check(ColumnType::Bool, "boolean");
        check(ColumnType::TIMESTAMP, "timestamp with time zone");
        check(local(TimestampUnit::Second), "timestamp(0) without time zone");
        check(local(TimestampUnit::Millisecond), "timestamp(3) without time zone");
        check(local(TimestampUnit::Nanosecond), "timestamp without time zone");
        check(ColumnType::Bigint { bits: 8, beyond_double: false }, "smallint");
        check(ColumnType::Bigint { bits: 32, beyond_double: false }, "integer");
        check(ColumnType::BIGINT, "bigint");
        check(ColumnType::Bigint { bits: 128, beyond_double: true }, "numeric(38,0)");
        check(ColumnType::Decimal { precision: 10, scale: 2 }, "numeric(10,2)");
        check(ColumnType::Wei, "numeric(156,78)");
        check(ColumnType::Json, "jsonb");
        check(ColumnType::Binary, "bytea");
        check(ColumnType::Date, "date");
        check(ColumnType::Time, "time without time zone");
    }

    #[test]
    fn types_have_arrow_types() {
        fn check(name: &str, expected: Option<ArrowType>) {
            assert_eq!(arrow_type(name), expected, "{name}");
        }
        check("integer", Some(ArrowType::Int32));
        check("character varying(64)", Some(ArrowType::Utf8));
        check("time(3) without time zone", Some(ArrowType::Time64(TimeUnit::Microsecond)));
        check("timestamp(3) with time zone", Some(ArrowType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))));
        check("timestamp(0) without time zone", Some(ArrowType::Timestamp(TimeUnit::Second, None)));
        check("timestamp(6) without time zone", Some(ArrowType::Timestamp(TimeUnit::Microsecond, None)));
        check("timestamp without time zone", Some(ArrowType::Timestamp(TimeUnit::Microsecond, None)));
        check("numeric(10,2)", Some(ArrowType::Decimal128(10, 2)));
        check("numeric(50,2)", Some(ArrowType::Decimal256(50, 2)));
        check("numeric(156,78)", Some(ArrowType::Decimal256(76, 0)));
        check("uuid", None);
        check("numeric", None);
    }
}
