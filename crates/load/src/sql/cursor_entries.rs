//! Cursor entries that exceed the limit of the state.

use catchment_state::{CursorEntryKey, CursorEntryKind};

use super::Dialect;
use super::name::{DatasetName, QualifiedName};
use catchment_load_package::cursor_table;

/// Queries the entries of cursors of resources: resource, cursor path, id and, for parents, cursor.
pub(crate) fn select_cursor_rows(
    dialect: &dyn Dialect,
    dataset: &DatasetName,
    kind: CursorEntryKind,
    (pipeline, source, resources): (&str, &str, &[String]),
) -> String {
    let table = dataset.table(dialect, &cursor_table(kind).name);
    let columns = match kind {
        CursorEntryKind::Rows => "row_hash".to_owned(),
        CursorEntryKind::Parents => format!("parent, {}", dialect.quote("cursor")),
    };
    let resources: Vec<String> = resources.iter().map(|name| dialect.text_literal(name)).collect();
    format!(
        "SELECT resource_name, cursor_path, {columns} FROM {table} WHERE pipeline_name = {} AND source_name = {} AND resource_name IN ({})",
        dialect.text_literal(pipeline),
        dialect.text_literal(source),
        resources.join(", "),
    )
}

/// Deletes the entries of a cursor.
pub(crate) fn delete_cursor_rows(dialect: &dyn Dialect, name: &QualifiedName, pipeline: &str, key: &CursorEntryKey) -> String {
    format!(
        "DELETE FROM {name} WHERE pipeline_name = {} AND source_name = {} AND resource_name = {} AND cursor_path = {}",
        dialect.text_literal(pipeline),
        dialect.text_literal(&key.source),
        dialect.text_literal(&key.resource),
        dialect.text_literal(&key.cursor_path),
    )
}
