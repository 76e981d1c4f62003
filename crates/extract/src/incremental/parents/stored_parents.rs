//! Stored cursors of parent rows: in the state, or in a table if they are too many.

use std::fmt::Write as _;
use std::sync::Arc;

use catchment_json::{Object, Value};
use catchment_schema::{PARENT_CURSORS_TABLE, short_digest};
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, RowHash};
use indexmap::IndexMap;

use super::{ParentId, parent_id};
use crate::incremental::boundary::{set_mark, whole_rows};
use crate::incremental::{extension, extract_cursor, last_value, stored, unique_hashes, update_extension};

/// The maximum number of parent cursors in the state. More are stored in a table.
const MAX_PARENTS: usize = 1000;

/// The maximum number of boundary row hashes of all parent cursors in the state.
const MAX_HASHES: usize = 2000;

/// The key of the parent cursors in the state of a resource.
const PARENTS: &str = "parents";

/// Parent cursors, each as JSON.
pub(super) type Cursors = IndexMap<ParentId, Arc<str>>;

/// The parent cursors that earlier runs stored for a resource.
#[derive(Debug, Default)]
pub(super) struct StoredParentCursors {
    /// The cursor of parent rows without their own; `None` for the initial value.
    pub(super) floor: Option<Object>,
    pub(super) cursors: Cursors,
    /// Whether the stored cursors are invalid, so that all parent rows start at the cursor of the resource.
    pub(super) is_invalid: bool,
    /// The reason for a warning if they are invalid.
    pub(super) problem: Option<String>,
    table: StoredTable,
}

/// The content of the table.
#[derive(Debug, Default)]
enum StoredTable {
    /// No entries.
    #[default]
    Empty,
    /// All parent cursors, with this digest.
    All(Value),
    /// Entries that are invalid.
    Void,
}

/// Returns true if the parent cursors are stored in the table.
pub(crate) fn has_parents_in_table(resource_state: &Object, path: &str, definition: &str) -> bool {
    valid_mark(resource_state, path, definition).and_then(count).is_some()
}

fn mark<'k>(resource_state: &'k Object, path: &str) -> Option<&'k Value> {
    extension(resource_state, PARENTS)?.get(path)
}

/// Returns the mark if it is valid: the cursor of the resource is unchanged since this program stored it.
fn valid_mark<'k>(resource_state: &'k Object, path: &str, definition: &str) -> Option<&'k Value> {
    last_value(resource_state, path)?;
    mark(resource_state, path).filter(|mark| mark.get("seal") == Some(&fingerprint(resource_state, path, definition)))
}

/// Returns the number of cursors in the table, according to the mark.
fn count(mark: &Value) -> Option<usize> {
    usize::try_from(mark.get("count")?.as_i64()?).ok()
}

/// Returns the cursors that are stored in the mark.
fn cursors_of(mark: &Value) -> Cursors {
    let by_parent = mark.get("by_parent").and_then(Value::as_object).into_iter().flatten();
    by_parent.filter_map(|(id, cursor)| Some((id.parse().ok()?, cursor.to_string().into()))).collect()
}

impl StoredParentCursors {
    /// Reads the parent cursors from the resource state, and from the table if the state refers to it.
    pub(super) fn read(
        resource_state: Option<&Object>,
        path: &str,
        definition: &str,
        in_table: &[CursorEntry],
    ) -> StoredParentCursors {
        let mut read = StoredParentCursors::default();
        let Some(resource_state) = resource_state else { return read };
        if mark(resource_state, path).is_some_and(|mark| count(mark).is_some()) {
            read.table = StoredTable::Void;
        }
        if last_value(resource_state, path).is_none() {
            return read;
        }
        let mark = valid_mark(resource_state, path, definition);
        let cursors = mark.and_then(|mark| match count(mark) {
            Some(count) => read.take_table(mark, count, in_table, (resource_state, path)),
            None => Some(cursors_of(mark)),
        });
        let own_floor = || mark.and_then(|mark| mark.get("floor")?.as_object().cloned());
        read.is_invalid = cursors.is_none();
        read.floor = if read.is_invalid { extract_cursor(resource_state, path) } else { own_floor() };
        read.cursors = cursors.unwrap_or_default();
        read
    }

    /// Returns the cursors of the table if their number and digest match the mark.
    fn take_table(
        &mut self,
        mark: &Value,
        count: usize,
        in_table: &[CursorEntry],
        (resource_state, path): (&Object, &str),
    ) -> Option<Cursors> {
        let entry = |entry: &CursorEntry| Some((entry.id, entry.cursor.clone()?));
        let mut cursors: Cursors = in_table.iter().filter_map(entry).collect();
        // the rows of a table have no order
        cursors.sort_unstable_keys();
        let digest = digest(&cursors);
        if cursors.len() == count && mark.get("digest") == Some(&digest) {
            self.table = StoredTable::All(digest);
            return Some(cursors);
        }
        let found = match cursors.len() {
            found if found == count => "other parent cursors than the last run stored".to_owned(),
            found => format!("{found} parent cursors instead of the {count} that the last run stored"),
        };
        let last = last_value(resource_state, path).map(Value::to_string).unwrap_or_default();
        self.problem = Some(format!(
            "table `{PARENT_CURSORS_TABLE}` has {found} for the cursor `{path}`: another program changed it, or the dataset \
             was partially restored; all parent rows start at {last}, the cursor of the resource, so late rows with a lower \
             value are skipped; refresh the resource to load all rows"
        ));
        None
    }

    /// Stores these cursors and the changed ones in `resource_state`, which contains the final cursor of the resource,
    /// or in the table. Returns the change of the table.
    pub(super) fn write(
        mut self,
        changed: Cursors,
        resource_state: &mut Object,
        key: CursorEntryKey,
        definition: &str,
    ) -> Option<CursorEntryChange> {
        let is_changed = !changed.is_empty();
        self.cursors.extend(changed);
        let path = key.cursor_path.as_str();
        // the new entries of the table; `None` if it does not change
        let (mark_fields, entries) = match &self.table {
            table if self.cursors.is_empty() => (Vec::new(), table.clear_entries()),
            table if fit_into_state(&self.cursors) => {
                let parsed = |(id, cursor): (&ParentId, &Arc<str>)| Some((id.to_string(), Value::parse(cursor).ok()?));
                let by_parent = Value::Object(self.cursors.iter().filter_map(parsed).collect());
                (vec![("by_parent", by_parent)], table.clear_entries())
            }
            StoredTable::All(digest) if !is_changed => (in_table(&self.cursors, digest.clone()), None),
            _ => {
                self.cursors.sort_unstable_keys();
                let entry = |(id, cursor): (&ParentId, &Arc<str>)| CursorEntry { id: *id, cursor: Some(Arc::clone(cursor)) };
                (in_table(&self.cursors, digest(&self.cursors)), Some(self.cursors.iter().map(entry).collect()))
            }
        };
        let floor = self.floor.map_or(Value::Null, Value::Object);
        let head = [("seal", fingerprint(resource_state, path, definition)), ("floor", floor)];
        update_extension(resource_state, PARENTS, |marks| {
            marks.shift_remove(path);
            if !mark_fields.is_empty() {
                marks.insert(path.to_owned(), Value::object(head.into_iter().chain(mark_fields)));
            }
        });
        entries.map(|entries| CursorEntryChange { key, replaces: true, entries })
    }

    /// Removes the parent cursors from `resource_state` and from the table.
    pub(super) fn forget(self, resource_state: &mut Object, key: CursorEntryKey) -> Option<CursorEntryChange> {
        update_extension(resource_state, PARENTS, |marks| drop(marks.shift_remove(key.cursor_path.as_str())));
        self.table.clear_entries().map(|entries| CursorEntryChange { key, replaces: true, entries })
    }
}

impl StoredTable {
    /// Returns an empty list that replaces the entries of the table; `None` if it has none.
    fn clear_entries(&self) -> Option<Vec<CursorEntry>> {
        (!matches!(self, StoredTable::Empty)).then(Vec::new)
    }
}

/// Returns the fields of a mark for cursors in the table.
fn in_table(cursors: &Cursors, digest: Value) -> Vec<(&'static str, Value)> {
    vec![("count", Value::from(cursors.len() as u64)), ("digest", digest)]
}

fn fit_into_state(cursors: &Cursors) -> bool {
    let hashes = |cursor: &Arc<str>| {
        let entry = Value::parse(cursor).unwrap_or_default();
        let lists = entry.as_array().unwrap_or_default().iter().filter_map(Value::as_array);
        lists.map(<[Value]>::len).sum::<usize>()
    };
    cursors.len() <= MAX_PARENTS && cursors.values().map(hashes).sum::<usize>() <= MAX_HASHES
}

/// Returns a digest of cursors, ordered by parent. It is stored in the state, so that the state changes whenever the
/// table does.
fn digest(cursors: &Cursors) -> Value {
    let mut text = String::new();
    for (id, cursor) in cursors {
        // writing to a `String` cannot fail
        let _ = writeln!(text, "{id} {cursor}");
    }
    Value::from(RowHash::from(short_digest::<15>(&text)).to_string())
}

/// Returns the fingerprint of the resource's cursor for which the parent cursors are valid.
fn fingerprint(resource_state: &Object, path: &str, definition: &str) -> Value {
    let mut hashes: Vec<Value> = {
        let mut hashes = unique_hashes(resource_state, path);
        hashes.sort_unstable();
        hashes.into_iter().map(|hash| Value::from(hash.to_string())).collect()
    };
    hashes.push(Value::from(last_value(resource_state, path).cloned()));
    hashes.push(Value::from(definition));
    Value::from(parent_id(&Value::Array(hashes)).to_string())
}

/// Serializes a parent cursor as JSON: initial value, last value, key hashes and content hashes.
pub(super) fn to_entry(part: &Object, path: &str) -> String {
    let cursor = stored::cursor(part, path);
    let whole = last_value(part, path).map(|last| whole_rows(part, path, last)).unwrap_or_default();
    let entry = Value::Array(vec![
        Value::from(stored::value(cursor, "initial_value")),
        Value::from(stored::value(cursor, "last_value")),
        stored::to_list(unique_hashes(part, path)),
        stored::to_list(whole),
    ]);
    entry.to_string()
}

/// Parses the result of [`to_entry`].
pub(super) fn from_entry(entry: &str, path: &str) -> Option<Object> {
    let entry = Value::parse(entry).ok()?;
    let [initial, last, hashes, whole] = entry.as_array()? else { return None };
    let cursor = [
        ("initial_value", initial.clone()),
        ("last_value", last.clone()),
        ("unique_hashes", hashes.clone()),
        ("start_value", Value::Null),
    ];
    let mut part = Object::new();
    stored::set_cursor(&mut part, path, Value::object(cursor));
    set_mark(&mut part, path, last, 0, stored::hashes(Some(whole)));
    Some(part)
}
