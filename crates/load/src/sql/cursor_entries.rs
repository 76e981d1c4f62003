//! Cursor entries that exceed the limit of the state.

use catchment_state::{CursorEntryKey, CursorEntryKind};

use super::name::{QualifiedName, text_literal};

/// Queries the entries of a cursor: their ids and, for parents, their cursors.
pub(crate) fn select_cursor_rows(name: QualifiedName<'_>, pipeline: &str, key: &CursorEntryKey) -> String {
    let columns = match key.kind {
        CursorEntryKind::Rows => "row_hash",
        // a reserved word of SQL
        CursorEntryKind::Parents => "parent, \"cursor\"",
    };
    format!("SELECT {columns} FROM {name} WHERE {}", of_cursor(pipeline, key))
}

/// Deletes the entries of a cursor.
pub(crate) fn delete_cursor_rows(name: QualifiedName<'_>, pipeline: &str, key: &CursorEntryKey) -> String {
    format!("DELETE FROM {name} WHERE {}", of_cursor(pipeline, key))
}

fn of_cursor(pipeline: &str, key: &CursorEntryKey) -> String {
    format!(
        "pipeline_name = {} AND source_name = {} AND resource_name = {} AND cursor_path = {}",
        text_literal(pipeline),
        text_literal(&key.source),
        text_literal(&key.resource),
        text_literal(&key.cursor_path),
    )
}
