//! Statements that create and inspect tables and columns.

use catchment_schema::{
    Column, DLT_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, ROOT_ROW_COLUMN, ROOT_ROW_PRECISION, Table,
};

use super::name::{DatasetName, QualifiedName, quote, text_literal};

/// A function that returns the SQL type of a column.
pub(super) type ColumnTypeFn = fn(&Column) -> String;

/// Creates a table with the complete columns of `table`.
pub(crate) fn create_table(name: QualifiedName<'_>, table: &Table, column_type: ColumnTypeFn) -> String {
    let columns: Vec<String> = table.complete_columns().map(|column| definition(column, column_type)).collect();
    format!("CREATE TABLE IF NOT EXISTS {name} (\n  {}\n)", columns.join(",\n  "))
}

/// Adds a column to a table.
pub(crate) fn add_column(name: QualifiedName<'_>, column: &Column, column_type: ColumnTypeFn) -> String {
    format!("ALTER TABLE {name} ADD COLUMN {}", definition(column, column_type))
}

/// Adds nullable columns to a table by copying it.
pub(crate) fn copy_with_columns(
    dataset: DatasetName<'_>,
    table: &str,
    columns: &[&Column],
    column_type: ColumnTypeFn,
) -> [String; 4] {
    let (name, copy) = (dataset.table(table), dataset.table(COPY));
    let added = columns.iter().map(|column| format!("CAST(NULL AS {}) AS {}", column_type(column), quote(&column.name)));
    let added = added.collect::<Vec<_>>().join(",\n  ");
    [
        format!("CREATE TABLE {copy} AS SELECT *,\n  {added}\nFROM {name} LIMIT 0"),
        format!("INSERT INTO {copy} BY NAME SELECT * FROM {name}"),
        format!("DROP TABLE {name}"),
        format!("ALTER TABLE {copy} RENAME TO {}", quote(table)),
    ]
}

/// The temporary name of the copy.
const COPY: &str = "_dlt_table_with_columns";

/// Queries what a copy of a table would lose: indexes, constraints and column defaults.
pub(crate) fn select_dependents(dataset: DatasetName<'_>, table: &str) -> String {
    let (schema, table) = (text_literal(dataset.schema), text_literal(table));
    let of_table = format!(
        "database_name = current_database() AND lower(schema_name) = lower({schema}) AND lower(table_name) = lower({table})"
    );
    format!(
        "SELECT index_name FROM duckdb_indexes() WHERE {of_table} \
         UNION ALL SELECT constraint_type FROM duckdb_constraints() WHERE {of_table} AND constraint_type <> 'NOT NULL' \
         UNION ALL SELECT column_name FROM duckdb_columns() WHERE {of_table} AND column_default IS NOT NULL LIMIT 1"
    )
}

/// Changes the type of a column.
pub(crate) fn alter_type(name: QualifiedName<'_>, column: &Column, column_type: ColumnTypeFn) -> String {
    format!("ALTER TABLE {name} ALTER COLUMN {} TYPE {}", quote(&column.name), column_type(column))
}

/// Adds the NOT NULL column of root ids to a table with rows. Existing rows get an empty string until
/// [`fill_root_ids`].
///
/// DuckDB can neither add a NOT NULL column without a default nor set NOT NULL after an update.
pub(crate) fn add_root_id(name: QualifiedName<'_>, column: &Column, column_type: ColumnTypeFn) -> [String; 2] {
    let add = add_column(name, column, column_type) + " DEFAULT ''";
    [add, format!("ALTER TABLE {name} ALTER COLUMN {} DROP DEFAULT", quote(&column.name))]
}

/// Sets the root ids of child rows from their parent rows.
pub(crate) fn fill_root_ids(name: QualifiedName<'_>, parent: QualifiedName<'_>, parent_is_root: bool) -> String {
    let id = if parent_is_root { DLT_ID_COLUMN } else { DLT_ROOT_ID_COLUMN };
    format!(
        "UPDATE {name} AS c SET \"{DLT_ROOT_ID_COLUMN}\" = p.\"{id}\" FROM {parent} AS p WHERE p.\"{DLT_ID_COLUMN}\" = c.\"{DLT_PARENT_ID_COLUMN}\""
    )
}

/// Creates a staging table with the columns of a table and the number of the root row.
pub(crate) fn create_staging_table(stage: &str, name: QualifiedName<'_>) -> String {
    format!(
        "CREATE TEMP TABLE {stage} AS SELECT *, CAST(NULL AS DECIMAL({ROOT_ROW_PRECISION},0)) AS \"{ROOT_ROW_COLUMN}\" FROM {name} LIMIT 0"
    )
}

/// Queries one row if the table has any.
pub(crate) fn select_any_row(name: QualifiedName<'_>) -> String {
    format!("SELECT 'yes' FROM {name} LIMIT 1")
}

/// Queries one value of `arrow(?)` that cannot be converted to the type of its column.
pub(crate) fn select_unconvertible(column: &str, column_type: &str) -> String {
    let column = quote(column);
    format!(
        "SELECT {column}::VARCHAR FROM arrow(?) WHERE {column} IS NOT NULL AND TRY_CAST({column} AS {column_type}) IS NULL LIMIT 1"
    )
}

/// Queries one value of `arrow(?)` that changes when it is converted to `column_type`, the type of its column, and back to
/// `own_type`. Strings are compared as numbers.
pub(crate) fn select_rounded(column: &str, column_type: &str, own_type: &str) -> String {
    let column = quote(column);
    let own_type = if own_type == "VARCHAR" { "DOUBLE" } else { own_type };
    format!(
        "SELECT {column}::VARCHAR FROM arrow(?) WHERE TRY_CAST({column} AS {column_type}) IS NOT NULL \
         AND TRY_CAST({column} AS {own_type}) IS DISTINCT FROM TRY_CAST(TRY_CAST({column} AS {column_type}) AS {own_type}) LIMIT 1"
    )
}

fn definition(column: &Column, column_type: ColumnTypeFn) -> String {
    let not_null = if column.is_nullable() { "" } else { " NOT NULL" };
    format!("{} {}{not_null}", quote(&column.name), column_type(column))
}
