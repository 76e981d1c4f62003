//! System tables and columns.

use catchment_json::{Object, Value};

use crate::{Column, DataType, Table, WriteDisposition};

/// The table of committed packages.
pub const LOADS_TABLE: &str = "_dlt_loads";
/// The table of stored schemas.
pub const VERSION_TABLE: &str = "_dlt_version";
/// The table of pipeline states.
pub const STATE_TABLE: &str = "_dlt_pipeline_state";
/// The table of boundary rows that exceed the size limit of the state. It is created when needed and not used by dlt.
pub const CURSOR_ROWS_TABLE: &str = "_catchment_cursor_rows";
/// The table of parent cursors that exceed the size limit of the state. It is created when needed and not used by dlt.
pub const PARENT_CURSORS_TABLE: &str = "_catchment_parent_cursors";
/// The column with the id of a row.
pub const DLT_ID_COLUMN: &str = "_dlt_id";
/// The column with the load id of the package of a root row.
pub const DLT_LOAD_ID_COLUMN: &str = "_dlt_load_id";
/// The column with the id of the parent row of a child row.
pub const DLT_PARENT_ID_COLUMN: &str = "_dlt_parent_id";
/// The column with the index of a child row in its list, from 0.
pub const DLT_LIST_IDX_COLUMN: &str = "_dlt_list_idx";
/// The column with the id of the root row of a child row.
pub const DLT_ROOT_ID_COLUMN: &str = "_dlt_root_id";

/// The column with the number of the root row within the package, ascending in the order of rows. Only packages have it, for
/// merged tables, because rows with equal keys have the same id. It is not a column of the dataset.
pub const ROOT_ROW_COLUMN: &str = "_dlt_root_row";
/// The precision of [`ROOT_ROW_COLUMN`], a decimal with scale 0. Decimals of all destinations have room for it.
pub const ROOT_ROW_PRECISION: u8 = 29;

/// Returns true if a normalized table or column name is reserved for dlt's system tables and columns.
pub fn is_system_name(name: &str) -> bool {
    name.starts_with("_dlt")
}

/// Returns true if a normalized table name is reserved for system tables.
pub fn is_system_table(name: &str) -> bool {
    is_system_name(name) || name.starts_with("_catchment")
}

/// Returns the system column `name`, with the default hints of a schema.
pub fn system_column(name: &'static str) -> Column {
    let data_type = if name == DLT_LIST_IDX_COLUMN { DataType::Bigint } else { DataType::Text };
    let column = Column::new(name, data_type).not_null();
    match name {
        DLT_ID_COLUMN => column.with_hint("unique").with_hint("row_key"),
        DLT_PARENT_ID_COLUMN => column.with_hint("parent_key"),
        DLT_ROOT_ID_COLUMN => column.with_hint("root_key"),
        _ => column,
    }
}

/// Returns true if the table holds cursor entries that exceed the size limit of the state.
pub fn is_cursor_table(name: &str) -> bool {
    [CURSOR_ROWS_TABLE, PARENT_CURSORS_TABLE].contains(&name)
}

/// Returns the definition of [`CURSOR_ROWS_TABLE`].
pub fn cursor_rows_table() -> Table {
    let columns = ["pipeline_name", "source_name", "resource_name", "cursor_path", "row_hash"];
    let columns = columns.map(|name| Column::new(name, DataType::Text).not_null());
    system_table(CURSOR_ROWS_TABLE, WriteDisposition::Skip, columns, None)
}

/// Returns the definition of [`PARENT_CURSORS_TABLE`].
pub fn parent_cursors_table() -> Table {
    let columns = ["pipeline_name", "source_name", "resource_name", "cursor_path", "parent", "cursor"];
    let columns = columns.map(|name| Column::new(name, DataType::Text).not_null());
    system_table(PARENT_CURSORS_TABLE, WriteDisposition::Skip, columns, None)
}

/// Returns the definition of [`VERSION_TABLE`].
pub fn version_table() -> Table {
    let columns = [
        Column::new("version", DataType::Bigint).not_null(),
        Column::new("engine_version", DataType::Bigint).not_null(),
        Column::new("inserted_at", DataType::Timestamp).not_null(),
        Column::new("schema_name", DataType::Text).not_null(),
        Column::new("version_hash", DataType::Text).not_null(),
        Column::new("schema", DataType::Text).not_null(),
    ];
    system_table(VERSION_TABLE, WriteDisposition::Skip, columns, Some("Created by DLT. Tracks schema updates"))
}

/// Returns the definition of [`LOADS_TABLE`].
pub fn loads_table() -> Table {
    let columns = [
        of_precision_64("load_id").not_null(),
        Column::new("schema_name", DataType::Text),
        Column::new("status", DataType::Bigint).not_null(),
        Column::new("inserted_at", DataType::Timestamp).not_null(),
        Column::new("schema_version_hash", DataType::Text),
    ];
    system_table(LOADS_TABLE, WriteDisposition::Skip, columns, Some("Created by DLT. Tracks completed loads"))
}

/// Returns the definition of [`STATE_TABLE`].
pub fn state_table() -> Table {
    let columns = [
        Column::new("version", DataType::Bigint).not_null(),
        Column::new("engine_version", DataType::Bigint).not_null(),
        Column::new("pipeline_name", DataType::Text).not_null(),
        Column::new("state", DataType::Text).not_null(),
        Column::new("created_at", DataType::Timestamp).not_null(),
        Column::new("version_hash", DataType::Text),
        of_precision_64(DLT_LOAD_ID_COLUMN).not_null(),
        of_precision_64(DLT_ID_COLUMN).not_null().with_hint("unique").with_hint("row_key"),
    ];
    let mut table = system_table(STATE_TABLE, WriteDisposition::Append, columns, None);
    table.hints.insert("file_format".to_owned(), Value::from("preferred"));
    table.set_seen_data();
    table
}

fn of_precision_64(name: &str) -> Column {
    let mut column = Column::new(name, DataType::Text);
    column.hints.insert("precision".to_owned(), Value::from(64));
    column
}

fn system_table<const N: usize>(
    name: &str,
    disposition: WriteDisposition,
    columns: [Column; N],
    description: Option<&str>,
) -> Table {
    let hints = description.map(|text| ("description".to_owned(), Value::from(text)));
    Table {
        name: name.to_owned(),
        parent: None,
        resource: Some(name.to_owned()),
        write_disposition: Some(disposition),
        columns: columns.into_iter().map(|column| (column.name.clone(), column)).collect(),
        hints: Object::from_iter(hints),
    }
}
