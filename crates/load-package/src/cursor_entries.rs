//! Entries of cursors that the state has no room for: their tables, record batches, and their form in an extraction.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use catchment_json::{Node, Value};
use catchment_schema::{Table, cursor_rows_table, parent_cursors_table};
use catchment_state::{BoundaryChange, BoundaryEntry, BoundaryKey, BoundaryKind, RowHash};

use crate::CursorRows;

/// The most entries in one record batch.
const BATCH_ENTRIES: usize = 10_000;

/// The most bytes of cursors in one record batch; a larger cursor has a batch alone.
const BATCH_BYTES: usize = 4 << 20;

/// Returns the definition of the table that has the entries of a kind: the names of the pipeline, source, resource and
/// cursor, the id of the entry, and the cursor of a parent.
///
/// ```
/// use catchment_load_package::cursor_table;
/// use catchment_state::BoundaryKind;
///
/// assert_eq!(cursor_table(BoundaryKind::Parents).name, "_catchment_parent_cursors");
/// ```
pub fn cursor_table(kind: BoundaryKind) -> Table {
    match kind {
        BoundaryKind::Rows => cursor_rows_table(),
        BoundaryKind::Parents => parent_cursors_table(),
    }
}

/// Splits entries into those of one record batch each.
pub(crate) fn batches(mut entries: &[BoundaryEntry]) -> impl Iterator<Item = &[BoundaryEntry]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |entry: &&BoundaryEntry| {
            bytes += entry.cursor.as_ref().map_or(0, |cursor| cursor.len());
            bytes <= BATCH_BYTES
        };
        let count = entries.iter().take(BATCH_ENTRIES).take_while(fits).count().max(1);
        let (batch, rest) = entries.split_at_checked(count)?;
        entries = rest;
        Some(batch)
    })
}

/// The record batch of the entries of a cursor, with the columns of `table`.
pub(crate) fn batch(
    table: &Table,
    pipeline: &str,
    key: &BoundaryKey,
    entries: &[BoundaryEntry],
) -> Result<RecordBatch, ArrowError> {
    let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(entries.iter().map(|_| text))) };
    let ids = StringArray::from_iter_values(entries.iter().map(|entry| entry.id.to_string()));
    let cursors = || StringArray::from_iter_values(entries.iter().map(|entry| entry.cursor.as_deref().unwrap_or_default()));
    let mut columns = vec![same(pipeline), same(&key.source), same(&key.resource), same(&key.cursor_path), Arc::new(ids)];
    if key.kind == BoundaryKind::Parents {
        columns.push(Arc::new(cursors()));
    }
    RecordBatch::try_from_iter(table.columns.keys().map(String::as_str).zip(columns))
}

/// A change in the record at the end of an extraction: hashes of rows are a list, cursors of parents a list of pairs.
pub(crate) fn to_value(change: &BoundaryChange) -> Value {
    let mut value = CursorRows { key: change.key.clone(), replaces: change.replaces }.to_value();
    let id = |entry: &BoundaryEntry| Value::from(entry.id.to_string());
    let (name, entries): (&str, Vec<Value>) = match change.key.kind {
        BoundaryKind::Rows => ("hashes", change.entries.iter().map(id).collect()),
        BoundaryKind::Parents => {
            let pair =
                |entry: &BoundaryEntry| Value::Array(vec![id(entry), Value::from(entry.cursor.as_deref().unwrap_or_default())]);
            ("cursors", change.entries.iter().map(pair).collect())
        }
    };
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), Value::Array(entries));
    }
    value
}

/// Reads what [`to_value`] made.
pub(crate) fn from_node(node: Node<'_>) -> Option<BoundaryChange> {
    let text = |key| Some((key, node.get(key)?.to_value()));
    let head = ["kind", "source", "resource", "cursor_path", "replaces"].into_iter().filter_map(text);
    let CursorRows { key, replaces } = CursorRows::from_value(&Value::object(head))?;
    let hash = |node: Node<'_>| -> Option<RowHash> { node.text()?.parse().ok() };
    let entries = match key.kind {
        BoundaryKind::Rows => node.get("hashes")?.elements().map(|node| Some(BoundaryEntry::from(hash(node)?))).collect(),
        BoundaryKind::Parents => node.get("cursors")?.elements().map(parent).collect::<Option<_>>(),
    }?;
    Some(BoundaryChange { key, replaces, entries })
}

fn parent(pair: Node<'_>) -> Option<BoundaryEntry> {
    let mut pair = pair.elements();
    let (id, cursor) = (pair.next()?, pair.next()?);
    Some(BoundaryEntry { id: id.text()?.parse().ok()?, cursor: Some(cursor.text()?.as_ref().into()) })
}
