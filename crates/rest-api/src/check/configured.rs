//! Problems of the configured primary key and cursor in the rows of a page.

use std::collections::HashSet;

use catchment_extract::{Incremental, OnCursorValueMissing};
use catchment_json::{JsonPath, Node, NodeKind};

/// Returns a warning if rows lack a value of the primary key, or share one.
pub(super) fn primary_key_warning(key: &[String], rows: &[Node<'_>]) -> Option<String> {
    if key.is_empty() || rows.is_empty() {
        return None;
    }
    let names = key.join(", ");
    let (mut keys, mut missing, mut repeated) = (HashSet::new(), 0_usize, 0_usize);
    for row in rows {
        let values: Option<Vec<_>> = key.iter().map(|field| present(find(*row, field)?)).collect();
        match values {
            None => missing += 1,
            Some(values) => repeated += usize::from(!keys.insert(values)),
        }
    }
    let total = rows.len();
    match (missing, repeated) {
        (0, 0) => None,
        (0, _) => Some(format!("primary key {names}: {repeated} of {total} rows repeat the key of another row")),
        _ => Some(format!("primary key {names}: {missing} of {total} rows have no value; check the name of the field")),
    }
}

/// Returns a warning if rows have no cursor value.
pub(super) fn cursor_warning(cursor: &Incremental, rows: &[Node<'_>]) -> Option<String> {
    let has_value = |row: &&Node<'_>| cursor.cursor_path.first(**row).and_then(present).is_some();
    let missing = rows.len() - rows.iter().filter(has_value).count();
    let effect = match cursor.on_cursor_value_missing {
        OnCursorValueMissing::Raise => "a run fails at such a row",
        OnCursorValueMissing::Include => return None,
        OnCursorValueMissing::Exclude => "a run skips such rows",
    };
    let path = &cursor.cursor_path;
    (missing > 0).then(|| format!("cursor {path}: {missing} of {} rows have no value; {effect}", rows.len()))
}

/// Finds a field by its name, or by its path.
fn find<'d>(row: Node<'d>, field: &str) -> Option<Node<'d>> {
    row.get(field).or_else(|| JsonPath::parse(field).ok()?.first(row))
}

/// Returns the text of a value, or `None` for null.
fn present(value: Node<'_>) -> Option<String> {
    (value.kind() != NodeKind::Null).then(|| value.to_value().to_string())
}
