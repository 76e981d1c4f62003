//! Making tables and columns.

use catchment_schema::{Column, Table};

use super::name::{QualifiedName, quote};

/// What a destination calls the type of a column.
pub(super) type ColumnType = fn(&Column) -> String;

/// Makes a table with the complete columns of `table`.
pub(crate) fn create_table(name: QualifiedName<'_>, table: &Table, column_type: ColumnType) -> String {
    let columns: Vec<String> = table.complete_columns().map(|column| definition(column, column_type)).collect();
    format!("CREATE TABLE IF NOT EXISTS {name} (\n  {}\n)", columns.join(",\n  "))
}

/// Adds a column to a table.
pub(crate) fn add_column(name: QualifiedName<'_>, column: &Column, column_type: ColumnType) -> String {
    format!("ALTER TABLE {name} ADD COLUMN {}", definition(column, column_type))
}

/// Gives a column another type.
pub(crate) fn alter_type(name: QualifiedName<'_>, column: &Column, column_type: ColumnType) -> String {
    format!("ALTER TABLE {name} ALTER COLUMN {} TYPE {}", quote(&column.name), column_type(column))
}

fn definition(column: &Column, column_type: ColumnType) -> String {
    let not_null = if column.is_nullable() { "" } else { " NOT NULL" };
    format!("{} {}{not_null}", quote(&column.name), column_type(column))
}
