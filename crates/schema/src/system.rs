//! Names and columns that every dataset has.

use catchment_json::{Object, Value};

use crate::{Column, DataType, Table, WriteDisposition};

/// The table of committed packages.
pub const LOADS_TABLE: &str = "_dlt_loads";
/// The table of stored schemas.
pub const VERSION_TABLE: &str = "_dlt_version";
/// The table of pipeline states.
pub const STATE_TABLE: &str = "_dlt_pipeline_state";
/// The table of rows at cursors that the state has no room for, which no other tool knows of. It is made when there are
/// any.
pub const CURSOR_ROWS_TABLE: &str = "_catchment_cursor_rows";
/// The table of the cursors of parents that the state has no room for, which no other tool knows of. It is made when there
/// are any.
pub const PARENT_CURSORS_TABLE: &str = "_catchment_parent_cursors";
/// The id of a row.
pub const DLT_ID_COLUMN: &str = "_dlt_id";
/// The package that a root row came with.
pub const DLT_LOAD_ID_COLUMN: &str = "_dlt_load_id";
/// The id of the row that a child row belongs to.
pub const DLT_PARENT_ID_COLUMN: &str = "_dlt_parent_id";
/// The place of a child row in its list, from 0.
pub const DLT_LIST_IDX_COLUMN: &str = "_dlt_list_idx";
/// The id of the root row that a child row belongs to.
pub const DLT_ROOT_ID_COLUMN: &str = "_dlt_root_id";

/// Which root row of its package a row belongs to: a number that grows in the order of the rows, and no column of a
/// dataset. Packages have it for tables that are merged, as ids do not tell rows with equal keys apart.
pub const ROOT_ROW_COLUMN: &str = "_dlt_root_row";
/// The digits of the numbers in [`ROOT_ROW_COLUMN`], which are decimals without a fraction: so many have room in decimals of all
/// destinations.
pub const ROOT_ROW_PRECISION: u8 = 29;

/// Whether a normalised name is one of the system's own.
pub fn is_system_name(name: &str) -> bool {
    name.starts_with("_dlt")
}

/// Whether a table of this normalised name is, or may become, one of the system's own.
pub fn is_system_table(name: &str) -> bool {
    is_system_name(name) || name.starts_with("_catchment")
}

/// The system column of that name, as the default hints of a schema define it.
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

/// Whether a table has entries of cursors that the state has no room for.
pub fn is_cursor_table(name: &str) -> bool {
    [CURSOR_ROWS_TABLE, PARENT_CURSORS_TABLE].contains(&name)
}

/// The definition of [`CURSOR_ROWS_TABLE`].
pub fn cursor_rows_table() -> Table {
    let columns = ["pipeline_name", "source_name", "resource_name", "cursor_path", "row_hash"];
    let columns = columns.map(|name| Column::new(name, DataType::Text).not_null());
    system_table(CURSOR_ROWS_TABLE, WriteDisposition::Skip, columns, None)
}

/// The definition of [`PARENT_CURSORS_TABLE`].
pub fn parent_cursors_table() -> Table {
    let columns = ["pipeline_name", "source_name", "resource_name", "cursor_path", "parent", "cursor"];
    let columns = columns.map(|name| Column::new(name, DataType::Text).not_null());
    system_table(PARENT_CURSORS_TABLE, WriteDisposition::Skip, columns, None)
}

/// The definition of [`VERSION_TABLE`].
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

/// The definition of [`LOADS_TABLE`].
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

/// The definition of [`STATE_TABLE`].
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
