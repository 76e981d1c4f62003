//! Rows at cursors that the state has no room for.

use catchment_state::BoundaryKey;

use super::name::{QualifiedName, text_literal};

/// A query of the rows that are known at a cursor.
pub(crate) fn select_cursor_rows(name: QualifiedName<'_>, pipeline: &str, key: &BoundaryKey) -> String {
    format!("SELECT row_hash FROM {name} WHERE {}", of_cursor(pipeline, key))
}

/// Forgets the rows that are known at a cursor.
pub(crate) fn delete_cursor_rows(name: QualifiedName<'_>, pipeline: &str, key: &BoundaryKey) -> String {
    format!("DELETE FROM {name} WHERE {}", of_cursor(pipeline, key))
}

fn of_cursor(pipeline: &str, key: &BoundaryKey) -> String {
    format!(
        "pipeline_name = {} AND source_name = {} AND resource_name = {} AND cursor_path = {}",
        text_literal(pipeline),
        text_literal(&key.source),
        text_literal(&key.resource),
        text_literal(&key.cursor_path),
    )
}
