//! The SQL dialect of DuckDB, with the mapping between column types and DuckDB types.

use arrow::datatypes::{DataType as ArrowType, TimeUnit};
use catchment_load::Dialect;
use catchment_load::sql::DatasetName;
use catchment_schema::{Column, ColumnType, DataType, TimestampUnit};

/// The SQL dialect of DuckDB.
#[derive(Debug)]
pub(crate) struct DuckDbDialect;

impl Dialect for DuckDbDialect {
    fn column_type(&self, column: &Column) -> String {
        column_type(column)
    }

    fn number_type(&self, type_name: &str) -> Option<ColumnType> {
        number_type(type_name)
    }

    fn arrow_type(&self, type_name: &str) -> Option<ArrowType> {
        arrow_type(type_name)
    }

    fn columns_query(&self, dataset: &DatasetName) -> String {
        format!(
            "SELECT table_name, column_name, data_type FROM information_schema.columns \
             WHERE table_catalog = current_database() AND lower(table_schema) = lower({}) \
             ORDER BY table_name, ordinal_position",
            self.text_literal(&dataset.name)
        )
    }

    fn micros_as_text(&self, timestamp: &str) -> String {
        format!("epoch_us({timestamp})::VARCHAR")
    }

    fn inserts_batches(&self) -> bool {
        true
    }

    fn copy_losses_query(&self, dataset: &DatasetName, table: &str) -> Option<String> {
        let of_table = self.is_table(dataset, table);
        Some(format!(
            "SELECT index_name FROM duckdb_indexes() WHERE {of_table} \
             UNION ALL SELECT constraint_type FROM duckdb_constraints() WHERE {of_table} AND constraint_type <> 'NOT NULL' \
             UNION ALL SELECT column_name FROM duckdb_columns() WHERE {of_table} AND column_default IS NOT NULL LIMIT 1"
        ))
    }

    fn add_columns_by_copy(&self, dataset: &DatasetName, table: &str, columns: &[&Column]) -> Vec<String> {
        let (name, copy) = (dataset.table(self, table), dataset.table(self, COPY));
        let added = columns.iter().map(|column| format!("CAST(NULL AS {}) AS {}", column_type(column), self.quote(&column.name)));
        let added = added.collect::<Vec<_>>().join(",\n  ");
        vec![
            format!("CREATE TABLE {copy} AS SELECT *,\n  {added}\nFROM {name} LIMIT 0"),
            format!("INSERT INTO {copy} BY NAME SELECT * FROM {name}"),
            format!("DROP TABLE {name}"),
            format!("ALTER TABLE {copy} RENAME TO {}", self.quote(table)),
        ]
    }
}

/// The temporary name of the copy of a table.
const COPY: &str = "_dlt_table_with_columns";

impl DuckDbDialect {
    /// Returns the query of the name of a dataset, which has a row if the dataset exists.
    pub(crate) fn dataset_query(&self, dataset: &DatasetName) -> String {
        format!(
            "SELECT schema_name FROM information_schema.schemata \
             WHERE catalog_name = current_database() AND lower(schema_name) = lower({})",
            self.text_literal(&dataset.name)
        )
    }

    /// Returns the condition of `duckdb_tables` and similar functions that a row belongs to a table.
    pub(crate) fn is_table(&self, dataset: &DatasetName, table: &str) -> String {
        format!(
            "database_name = current_database() AND lower(schema_name) = lower({}) AND lower(table_name) = lower({})",
            self.text_literal(&dataset.name),
            self.text_literal(table)
        )
    }
}

/// Returns the DuckDB type of a column.
fn column_type(column: &Column) -> String {
    let number = |hint: &str| column.hints.get(hint).and_then(catchment_json::Value::as_i64);
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
fn number_type(name: &str) -> Option<ColumnType> {
    let bigint = |bits| Some(ColumnType::Bigint { bits, beyond_double: false });
    match name {
        "TINYINT" => bigint(8),
        "SMALLINT" => bigint(16),
        "INTEGER" => bigint(32),
        "BIGINT" => bigint(64),
        "HUGEINT" => bigint(128),
        "DOUBLE" => Some(ColumnType::Double),
        _ => decimal(name).map(|(precision, scale)| ColumnType::Decimal { precision, scale }),
    }
}

/// Returns the precision and scale of `DECIMAL(p,s)`.
fn decimal(name: &str) -> Option<(u8, u8)> {
    let (precision, scale) = name.strip_prefix("DECIMAL(")?.strip_suffix(')')?.split_once(',')?;
    Some((precision.parse().ok()?, scale.trim().parse().ok()?))
}

/// Returns the Arrow type with the values of a DuckDB type, or `None` for types that Arrow does not have.
fn arrow_type(name: &str) -> Option<ArrowType> {
    Some(match name {
        "BOOLEAN" => ArrowType::Boolean,
        "TINYINT" => ArrowType::Int8,
        "SMALLINT" => ArrowType::Int16,
        "INTEGER" => ArrowType::Int32,
        "BIGINT" => ArrowType::Int64,
        "UTINYINT" => ArrowType::UInt8,
        "USMALLINT" => ArrowType::UInt16,
        "UINTEGER" => ArrowType::UInt32,
        "UBIGINT" => ArrowType::UInt64,
        "HUGEINT" => ArrowType::Decimal128(38, 0),
        "FLOAT" => ArrowType::Float32,
        "DOUBLE" => ArrowType::Float64,
        "VARCHAR" => ArrowType::Utf8,
        "BLOB" => ArrowType::Binary,
        "DATE" => ArrowType::Date32,
        "TIME" => ArrowType::Time64(TimeUnit::Microsecond),
        "TIMESTAMP_S" => ArrowType::Timestamp(TimeUnit::Second, None),
        "TIMESTAMP_MS" => ArrowType::Timestamp(TimeUnit::Millisecond, None),
        "TIMESTAMP" => ArrowType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP_NS" => ArrowType::Timestamp(TimeUnit::Nanosecond, None),
        "TIMESTAMP WITH TIME ZONE" => ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => {
            let (precision, scale) = decimal(name)?;
            ArrowType::Decimal128(precision, i8::try_from(scale).ok()?)
        }
    })
}
