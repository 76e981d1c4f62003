//! Cursor entries that exceed the limit of the state: table definitions, record batches and JSON encoding.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use catchment_json::{Node, Value};
use catchment_schema::{Table, cursor_rows_table, parent_cursors_table};
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash};

use crate::CursorEntriesHeader;

/// The maximum number of entries in a record batch.
const BATCH_ENTRIES: usize = 10_000;

/// The maximum size in bytes of the cursors in a record batch. A larger cursor is a batch of one entry.
const BATCH_BYTES: usize = 4 << 20;

/// Returns the definition of the table of cursor entries of a kind.
///
/// The columns are the names of the pipeline, source, resource and cursor path, the id of the entry and, for parents, the
/// cursor.
///
/// ```
/// use catchment_load_package::cursor_table;
/// use catchment_state::CursorEntryKind;
///
/// assert_eq!(cursor_table(CursorEntryKind::Parents).name, "_catchment_parent_cursors");
/// ```
pub fn cursor_table(kind: CursorEntryKind) -> Table {
    match kind {
        CursorEntryKind::Rows => cursor_rows_table(),
        CursorEntryKind::Parents => parent_cursors_table(),
    }
}

/// Splits entries into groups of one record batch each.
pub(crate) fn batches(mut entries: &[CursorEntry]) -> impl Iterator<Item = &[CursorEntry]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |entry: &&CursorEntry| {
            bytes += entry.cursor.as_ref().map_or(0, |cursor| cursor.len());
            bytes <= BATCH_BYTES
        };
        let count = entries.iter().take(BATCH_ENTRIES).take_while(fits).count().max(1);
        let (batch, rest) = entries.split_at_checked(count)?;
        entries = rest;
        Some(batch)
    })
}

/// Builds the record batch of the entries of a cursor, with the columns of `table`.
pub(crate) fn batch(
    table: &Table,
    pipeline: &str,
    key: &CursorEntryKey,
    entries: &[CursorEntry],
) -> Result<RecordBatch, ArrowError> {
    let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(entries.iter().map(|_| text))) };
    let ids = StringArray::from_iter_values(entries.iter().map(|entry| entry.id.to_string()));
    let cursors = || StringArray::from_iter_values(entries.iter().map(|entry| entry.cursor.as_deref().unwrap_or_default()));
    let mut columns = vec![same(pipeline), same(&key.source), same(&key.resource), same(&key.cursor_path), Arc::new(ids)];
    if key.kind == CursorEntryKind::Parents {
        columns.push(Arc::new(cursors()));
    }
    RecordBatch::try_from_iter(table.columns.keys().map(String::as_str).zip(columns))
}

/// Encodes a change in the end record of an extract: row hashes as a list, parent cursors as a list of pairs.
pub(crate) fn to_value(change: &CursorEntryChange) -> Value {
    let mut value = CursorEntriesHeader { key: change.key.clone(), replaces: change.replaces }.to_value();
    let id = |entry: &CursorEntry| Value::from(entry.id.to_string());
    let (name, entries): (&str, Vec<Value>) = match change.key.kind {
        CursorEntryKind::Rows => ("hashes", change.entries.iter().map(id).collect()),
        CursorEntryKind::Parents => {
            let pair =
                |entry: &CursorEntry| Value::Array(vec![id(entry), Value::from(entry.cursor.as_deref().unwrap_or_default())]);
            ("cursors", change.entries.iter().map(pair).collect())
        }
    };
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), Value::Array(entries));
    }
    value
}

/// Decodes the value written by [`to_value`]. Returns `None` if it is invalid.
pub(crate) fn from_node(node: Node<'_>) -> Option<CursorEntryChange> {
    let text = |key| Some((key, node.get(key)?.to_value()));
    let head = ["kind", "source", "resource", "cursor_path", "replaces"].into_iter().filter_map(text);
    let CursorEntriesHeader { key, replaces } = CursorEntriesHeader::from_value(&Value::object(head))?;
    let hash = |node: Node<'_>| -> Option<RowHash> { node.as_str()?.parse().ok() };
    let entries = match key.kind {
        CursorEntryKind::Rows => node.get("hashes")?.elements().map(|node| Some(CursorEntry::from(hash(node)?))).collect(),
        CursorEntryKind::Parents => node.get("cursors")?.elements().map(parent).collect::<Option<_>>(),
    }?;
    Some(CursorEntryChange { key, replaces, entries })
}

fn parent(pair: Node<'_>) -> Option<CursorEntry> {
    let mut pair = pair.elements();
    let (id, cursor) = (pair.next()?, pair.next()?);
    Some(CursorEntry { id: id.as_str()?.parse().ok()?, cursor: Some(cursor.as_str()?.as_ref().into()) })
}
