//! SQL dialects: what differs between engines. The defaults are standard SQL.

use arrow::datatypes::DataType as ArrowType;
use catchment_schema::{Column, ColumnType, Schema, Table};

use super::name::{DatasetName, QualifiedName};
use super::partition::{PartitionColumn, TableLayout};

/// The SQL dialect of an engine.
pub trait Dialect: std::fmt::Debug + Send + Sync {
    /// Quotes an identifier. Default: with double quotes.
    fn quote(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// Quotes a string. Default: with single quotes.
    fn text_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// Returns the type of a column, written as the engine reports it in [`columns_query`](Dialect::columns_query).
    fn column_type(&self, column: &Column) -> String;

    /// Returns the column type of a number type of the engine that can be widened, or `None` for other types.
    fn number_type(&self, type_name: &str) -> Option<ColumnType>;

    /// Returns the Arrow type with the values of a type of the engine, or `None` for types that Arrow does not have.
    fn arrow_type(&self, type_name: &str) -> Option<ArrowType>;

    /// Returns the query of all columns of a dataset: `table_name`, `column_name` and `data_type`, in the order of the tables
    /// and columns. It can have three more columns: whether the column accepts nulls, and whether the table is partitioned
    /// and clustered by it, as `YES` or `NO`.
    fn columns_query(&self, dataset: &DatasetName) -> String;

    /// Returns the expression of a timestamp as text with its microseconds since 1970.
    fn micros_as_text(&self, timestamp: &str) -> String;

    /// Returns the statement that makes concurrent loads of a dataset take turns until their transactions end, or `None` if
    /// an open transaction excludes other loads.
    fn lock(&self, dataset: &DatasetName) -> Option<String> {
        let _ = dataset;
        None
    }

    /// Returns true if the engine can insert record batches into any table, and false if it only copies rows into staging
    /// tables.
    fn inserts_batches(&self) -> bool {
        false
    }

    /// Returns the quoted name of the staging table with this number. Default: a temporary table.
    fn staging_table(&self, dataset: &DatasetName, load_id: &str, number: usize) -> String {
        let _ = (dataset, load_id);
        self.quote(&format!("_dlt_staged_{number}"))
    }

    /// Returns the type of a column of a staging table. Values of another type are [cast](Dialect::cast) when they are
    /// inserted into the table. Default: the type of the column.
    fn staging_type(&self, column: &Column) -> String {
        self.column_type(column)
    }

    /// Creates a staging table, which exists at most until the connection closes.
    fn create_staging_table(&self, name: &str, columns: &[(&str, String)]) -> String {
        let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", self.quote(name))).collect();
        format!("CREATE TEMP TABLE {name} (\n  {}\n)", columns.join(",\n  "))
    }

    /// Returns whether values are cast to the type `found` of an existing column. Assignments without a cast have to reject
    /// values that a cast would cut.
    fn casts_to(&self, found: &str) -> bool {
        let _ = found;
        true
    }

    /// Converts a value to a type of the engine.
    fn cast(&self, value: &str, type_name: &str) -> String {
        format!("CAST({value} AS {type_name})")
    }

    /// Returns the condition that rows `d` and `s` have equal values in a nullable column. Null equals null.
    fn equal_or_both_null(&self, left: &str, right: &str) -> String {
        format!("{left} IS NOT DISTINCT FROM {right}")
    }

    /// Returns the expression by which a window function groups the values of a column of doubles. Default: the column.
    fn group_doubles(&self, column: &str) -> String {
        column.to_owned()
    }

    /// Returns how a new table is stored, from its hints. The error is the reason why a hint is invalid. Default: without
    /// clauses.
    fn layout(&self, schema: &Schema, table: &Table) -> Result<TableLayout, String> {
        let _ = (schema, table);
        Ok(TableLayout::default())
    }

    /// Returns what follows the definition of a column. Default: nothing.
    fn column_options(&self, column: &Column) -> String {
        let _ = column;
        String::new()
    }

    /// Returns a condition that is true for every value of a partition column, and that satisfies tables which require a
    /// filter of their partitions.
    fn any_partition(&self, column: &str) -> String {
        format!("({column} IS NOT NULL OR {column} IS NULL)")
    }

    /// Returns the statements that declare variables with the partitions of staged rows, whose names begin with `variable`.
    /// `value` is the expression of a row's value in the partition column, `staged` the table. Default: none, statements read
    /// all partitions.
    fn declare_partitions(&self, variable: &str, column: &PartitionColumn, value: &str, staged: &str) -> Vec<String> {
        let _ = (variable, column, value, staged);
        Vec::new()
    }

    /// Returns the condition that a row with the value `value` in the partition column is in one of the
    /// [declared](Dialect::declare_partitions) partitions.
    fn in_partitions(&self, variable: &str, column: &PartitionColumn, value: &str) -> String {
        let _ = (variable, column, value);
        "TRUE".to_owned()
    }

    /// Deletes all rows of a table that is not partitioned.
    fn empty_table(&self, table: &QualifiedName) -> String {
        format!("DELETE FROM {table}")
    }

    /// Returns whether NOT NULL columns can be added to tables without rows. If not, they are added as nullable.
    fn adds_required_columns(&self) -> bool {
        true
    }

    /// Returns whether one statement can add several columns.
    fn adds_columns_at_once(&self) -> bool {
        false
    }

    /// Returns the words before a column that is added.
    fn add_column_clause(&self) -> &'static str {
        "ADD COLUMN"
    }

    /// Changes the type of a column.
    fn alter_type(&self, table: &QualifiedName, column: &Column) -> String {
        format!("ALTER TABLE {table} ALTER COLUMN {} TYPE {}", self.quote(&column.name), self.column_type(column))
    }

    /// Returns the statement that makes a column accept nulls. Default: none, so that nulls are an error.
    fn drop_not_null(&self, table: &QualifiedName, column: &Column) -> Option<String> {
        let _ = (table, column);
        None
    }

    /// Returns the query of what a table would lose if [`add_columns_by_copy`](Dialect::add_columns_by_copy) copied it, or
    /// `None` if the engine adds any number of columns one by one.
    fn copy_losses_query(&self, dataset: &DatasetName, table: &str) -> Option<String> {
        let _ = (dataset, table);
        None
    }

    /// Adds nullable columns to a table by copying it. Only called if there is a
    /// [`copy_losses_query`](Dialect::copy_losses_query).
    fn add_columns_by_copy(&self, dataset: &DatasetName, table: &str, columns: &[&Column]) -> Vec<String> {
        let _ = (dataset, table, columns);
        Vec::new()
    }
}
