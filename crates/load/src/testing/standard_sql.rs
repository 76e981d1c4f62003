//! A dialect for tests and examples.

use arrow::datatypes::DataType as ArrowType;
use catchment_schema::{Column, ColumnType, DataType};

use crate::Dialect;
use crate::sql::{DatasetName, PartitionColumn, QualifiedName};

/// Standard SQL without an engine, for tests and examples. The types of columns are the names of their logical types.
#[derive(Debug, Clone, Copy)]
pub struct StandardSql;

impl Dialect for StandardSql {
    fn column_type(&self, column: &Column) -> String {
        match column.data_type {
            Some(DataType::Double) => "DOUBLE".to_owned(),
            data_type => data_type.map_or("?", DataType::name).to_uppercase(),
        }
    }

    fn number_type(&self, type_name: &str) -> Option<ColumnType> {
        match type_name {
            "BIGINT" => Some(ColumnType::BIGINT),
            "DOUBLE" => Some(ColumnType::Double),
            _ => None,
        }
    }

    fn arrow_type(&self, type_name: &str) -> Option<ArrowType> {
        match type_name {
            "BIGINT" => Some(ArrowType::Int64),
            "DOUBLE" => Some(ArrowType::Float64),
            "TEXT" => Some(ArrowType::Utf8),
            _ => None,
        }
    }

    fn columns_query(&self, dataset: &DatasetName) -> String {
        format!("SELECT table_name, column_name, data_type FROM columns WHERE dataset = {}", self.text_literal(&dataset.name))
    }

    fn declare_partitions(&self, variable: &str, _column: &PartitionColumn, value: &str, staged: &str) -> Vec<String> {
        vec![format!("DECLARE {variable} DEFAULT (SELECT DISTINCT {value} FROM {staged})")]
    }

    fn in_partitions(&self, variable: &str, _column: &PartitionColumn, value: &str) -> String {
        format!("{value} IN {variable}")
    }

    fn drop_not_null(&self, table: &QualifiedName, column: &Column) -> Option<String> {
        Some(format!("ALTER TABLE {table} ALTER COLUMN {} DROP NOT NULL", self.quote(&column.name)))
    }

    fn micros_as_text(&self, timestamp: &str) -> String {
        format!("micros({timestamp})")
    }
}
