//! Statements that create, change and inspect tables.

use catchment_schema::{Column, DLT_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, Table};

use super::Dialect;
use super::name::QualifiedName;
use super::partition::TargetTable;

/// Creates a table with the complete columns of `table`, and `clauses` after them.
pub(crate) fn create_table(dialect: &dyn Dialect, name: &QualifiedName, table: &Table, clauses: &str) -> String {
    let columns: Vec<String> = table.complete_columns().map(|column| definition(dialect, column)).collect();
    format!("CREATE TABLE IF NOT EXISTS {name} (\n  {}\n){clauses}", columns.join(",\n  "))
}

/// Adds columns to a table in one statement.
pub(crate) fn add_columns(dialect: &dyn Dialect, name: &QualifiedName, columns: &[Column]) -> String {
    let add = |column: &Column| format!("{} {}", dialect.add_column_clause(), definition(dialect, column));
    format!("ALTER TABLE {name} {}", columns.iter().map(add).collect::<Vec<_>>().join(",\n  "))
}

/// Adds the NOT NULL column of root ids to a table with rows. Existing rows get an empty string until
/// [`fill_root_ids`].
///
/// DuckDB can neither add a NOT NULL column without a default nor set NOT NULL after an update.
pub(crate) fn add_root_id(dialect: &dyn Dialect, name: &QualifiedName, column: &Column) -> [String; 2] {
    let add = format!("ALTER TABLE {name} {} {} DEFAULT ''", dialect.add_column_clause(), definition(dialect, column));
    [add, format!("ALTER TABLE {name} ALTER COLUMN {} DROP DEFAULT", dialect.quote(&column.name))]
}

/// Sets the root ids of child rows from their parent rows.
pub(crate) fn fill_root_ids(dialect: &dyn Dialect, table: &TargetTable, parent: &TargetTable, parent_is_root: bool) -> String {
    let id = dialect.quote(if parent_is_root { DLT_ID_COLUMN } else { DLT_ROOT_ID_COLUMN });
    let [root_id, row_id, parent_id] = [DLT_ROOT_ID_COLUMN, DLT_ID_COLUMN, DLT_PARENT_ID_COLUMN].map(|name| dialect.quote(name));
    let (of_table, of_parent) = (table.filter(dialect, "AND", "c."), parent.filter(dialect, "AND", "p."));
    format!("UPDATE {table} AS c SET {root_id} = p.{id} FROM {parent} AS p WHERE p.{row_id} = c.{parent_id}{of_table}{of_parent}")
}

/// Drops a table if it exists.
pub(crate) fn drop_table(name: &QualifiedName) -> String {
    format!("DROP TABLE IF EXISTS {name}")
}

/// Queries one row if the table has any.
pub(crate) fn select_any_row(dialect: &dyn Dialect, table: &TargetTable) -> String {
    format!("SELECT 'yes' FROM {table}{} LIMIT 1", table.filter(dialect, "WHERE", ""))
}

/// Queries one row if an integer column contains values beyond the exact range of a double.
pub(crate) fn select_beyond_double(dialect: &dyn Dialect, table: &TargetTable, column: &str) -> String {
    let (column, filter) = (dialect.quote(column), table.filter(dialect, "AND", ""));
    format!("SELECT 'yes' FROM {table} WHERE {column} NOT BETWEEN -{EXACT_IN_DOUBLE} AND {EXACT_IN_DOUBLE}{filter} LIMIT 1")
}

/// Queries one row if a child table has rows without root ids.
pub(crate) fn select_without_root_id(dialect: &dyn Dialect, table: &TargetTable) -> String {
    let (root_id, filter) = (dialect.quote(DLT_ROOT_ID_COLUMN), table.filter(dialect, "AND", ""));
    format!("SELECT 'yes' FROM {table} WHERE {root_id} IS NULL{filter} LIMIT 1")
}

/// 2^53, up to which a double represents every integer exactly.
const EXACT_IN_DOUBLE: &str = "9007199254740992";

fn definition(dialect: &dyn Dialect, column: &Column) -> String {
    let not_null = if column.is_nullable() { "" } else { " NOT NULL" };
    format!("{} {}{not_null}{}", dialect.quote(&column.name), dialect.column_type(column), dialect.column_options(column))
}
