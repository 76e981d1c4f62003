//! Deduplication of boundary rows, the rows at the last cursor value, by their hashes.

use std::collections::HashSet;

use catchment_json::{Object, Value};
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash, State};
use indexmap::{IndexMap, IndexSet};

use super::stored::{extension, hashes, to_list, update_extension};

/// The maximum number of hashes per cursor in the state. Further hashes are stored in a table.
pub(super) const MAX_IN_STATE: usize = 1000;

/// How boundary rows of earlier runs are deduplicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundaryDedup {
    /// By key: an appended row is loaded once, even if it changes.
    ByKey,
    /// By content: a row that changes while its cursor value stays the same is loaded again.
    ByContent,
    /// No deduplication.
    Off,
}

/// Hashes of the boundary rows of earlier runs and of this run.
#[derive(Debug)]
pub(super) struct Boundary {
    rows: BoundaryDedup,
    /// Hashes of earlier runs, from the state and the table.
    start: HashSet<RowHash>,
    /// Key hashes from the state.
    in_state: Vec<RowHash>,
    /// Content hashes from the state.
    whole_in_state: Vec<RowHash>,
    /// Content hashes by key hash of the boundary rows that this run has seen. `None` if a row appeared with different
    /// content, because either version may be the one in the table.
    whole: IndexMap<RowHash, Option<RowHash>>,
    /// Whether `whole` has a hash that is not in `start`.
    has_new_whole: bool,
    /// The number of hashes in the table.
    in_table: usize,
    /// Whether key hashes are 15 bytes long, as in old versions of dlt, because some of `in_state` are.
    is_long: bool,
    /// Key hashes of this run, without those of `start` while the last value is the same.
    added: IndexSet<RowHash>,
    /// Whether the cursor has advanced, so that the hashes of earlier runs no longer apply.
    moved: bool,
}

impl Boundary {
    pub(super) fn new(
        rows: BoundaryDedup,
        in_state: Vec<RowHash>,
        whole_in_state: Vec<RowHash>,
        in_table: &[CursorEntry],
    ) -> Boundary {
        let start = in_state.iter().chain(&whole_in_state).chain(in_table.iter().map(|entry| &entry.id)).copied().collect();
        let is_long = in_state.iter().any(RowHash::is_legacy);
        let (in_table, whole, added) = (in_table.len(), IndexMap::new(), IndexSet::new());
        Boundary { rows, start, in_state, whole_in_state, whole, has_new_whole: false, in_table, is_long, added, moved: false }
    }

    /// Returns true if an earlier run has loaded this boundary row.
    pub(super) fn is_duplicate<E>(
        &self,
        key: impl FnOnce() -> Result<RowHash, E>,
        whole: impl FnOnce() -> Result<RowHash, E>,
    ) -> Result<bool, E> {
        if self.start.is_empty() {
            return Ok(false);
        }
        Ok(match self.rows {
            BoundaryDedup::Off => false,
            BoundaryDedup::ByContent => self.start.contains(&whole()?),
            // An earlier run that merged may have stored content hashes only, if there were many.
            BoundaryDedup::ByKey => {
                self.start.contains(&key()?) || (!self.whole_in_state.is_empty() && self.start.contains(&whole()?))
            }
        })
    }

    /// Returns true if skipped rows must be recorded too.
    pub(super) fn records_known_rows(&self) -> bool {
        self.rows == BoundaryDedup::ByContent
    }

    /// Returns true if key hashes are 15 bytes long, as in old versions of dlt.
    pub(super) fn is_long(&self) -> bool {
        self.is_long && !self.moved
    }

    /// Clears the hashes of this run, because the cursor has advanced.
    pub(super) fn clear(&mut self) {
        self.moved = true;
        self.added.clear();
        self.whole.clear();
    }

    pub(super) fn add(&mut self, hash: RowHash) {
        if self.moved || !self.start.contains(&hash) {
            self.added.insert(hash);
        }
    }

    /// Records the content of a boundary row, known or not.
    pub(super) fn add_whole(&mut self, key: RowHash, whole: RowHash) {
        self.has_new_whole |= !self.start.contains(&whole);
        let noted = self.whole.entry(key).or_insert(Some(whole));
        if *noted != Some(whole) {
            *noted = None;
        }
    }

    /// Returns the hashes of this run for a checkpoint; `None` if they are too many.
    pub(super) fn pause(&self) -> Option<Vec<RowHash>> {
        (self.added.len() <= MAX_IN_STATE).then(|| self.added.iter().copied().collect())
    }

    /// Restores the hashes of a checkpoint.
    pub(super) fn resume(&mut self, added: Vec<RowHash>, moved: bool) {
        self.moved = moved;
        added.into_iter().for_each(|hash| self.add(hash));
    }

    pub(super) fn has_moved(&self) -> bool {
        self.moved
    }

    /// Returns the hashes for the state, at most `max_in_state` of each kind, and the change of the table.
    pub(super) fn finish(self, key: CursorEntryKey, max_in_state: usize) -> BoundaryOutcome {
        if self.rows == BoundaryDedup::ByContent {
            return self.finish_whole(key, max_in_state);
        }
        let (mut in_state, whole_in_state) = if self.moved { Default::default() } else { (self.in_state, self.whole_in_state) };
        let room = max_in_state.saturating_sub(in_state.len());
        let mut added = self.added.into_iter();
        in_state.extend(added.by_ref().take(room));
        let beyond: Vec<CursorEntry> = added.map(CursorEntry::from).collect();
        let replaces = self.moved || self.in_table == 0;
        let in_table = beyond.len() + if self.moved { 0 } else { self.in_table };
        let changes = !beyond.is_empty() || (self.moved && self.in_table > 0);
        let change = changes.then_some(CursorEntryChange { key, replaces, entries: beyond });
        BoundaryOutcome { in_state, whole_in_state, in_table, change }
    }

    /// Finishes deduplication by content: the hashes of this run replace the earlier ones. A row that this run did not
    /// see may be loaded again, which is harmless because rows are merged.
    fn finish_whole(self, key: CursorEntryKey, max_in_state: usize) -> BoundaryOutcome {
        if !self.moved && !self.has_new_whole {
            let Boundary { in_state, whole_in_state, in_table, .. } = self;
            return BoundaryOutcome { in_state, whole_in_state, in_table, change: None };
        }
        let before = if self.moved { Vec::new() } else { self.in_state };
        let in_state = before.into_iter().chain(self.added).take(max_in_state).collect();
        let mut whole: Vec<RowHash> = self.whole.into_values().flatten().collect();
        let entries: Vec<_> = whole.split_off(whole.len().min(max_in_state)).into_iter().map(CursorEntry::from).collect();
        let (in_table, changes) = (entries.len(), !entries.is_empty() || self.in_table > 0);
        let change = changes.then_some(CursorEntryChange { key, replaces: true, entries });
        BoundaryOutcome { in_state, whole_in_state: whole, in_table, change }
    }
}

/// Hashes of boundary rows after a run.
#[derive(Debug, Default)]
pub(super) struct BoundaryOutcome {
    pub(super) in_state: Vec<RowHash>,
    pub(super) whole_in_state: Vec<RowHash>,
    pub(super) in_table: usize,
    pub(super) change: Option<CursorEntryChange>,
}

const BOUNDARY: &str = "boundary";

/// Returns the record of the rows at `last_value` that this program stores beside the key hashes.
fn boundary_record<'k>(resource_state: &'k Object, cursor_path: &str, last_value: &Value) -> Option<&'k Value> {
    let mark = extension(resource_state, BOUNDARY).and_then(|cursors| cursors.get(cursor_path));
    // Another tool may have advanced the cursor without updating the record.
    mark.filter(|mark| mark.get("last_value") == Some(last_value))
}

/// Returns the number of rows at `last_value` in the table, according to the state.
fn rows_in_table(resource_state: &Object, cursor_path: &str, last_value: &Value) -> usize {
    let mark = boundary_record(resource_state, cursor_path, last_value);
    mark.and_then(|mark| usize::try_from(mark.get("rows")?.as_i64()?).ok()).unwrap_or(0)
}

/// Returns the content hashes of the rows at `last_value` in the state.
pub(super) fn whole_rows(resource_state: &Object, cursor_path: &str, last_value: &Value) -> Vec<RowHash> {
    hashes(boundary_record(resource_state, cursor_path, last_value).and_then(|mark| mark.get("whole_rows")))
}

/// Stores the number of rows at `last_value` in the table, and the content hashes for the state.
pub(super) fn set_mark(resource_state: &mut Object, cursor_path: &str, last_value: &Value, rows: usize, whole: Vec<RowHash>) {
    update_extension(resource_state, BOUNDARY, |cursors| {
        cursors.shift_remove(cursor_path);
        if rows > 0 || !whole.is_empty() {
            let entries = [("last_value", last_value.clone()), ("rows", Value::from(rows as u64))];
            let whole = (!whole.is_empty()).then(|| ("whole_rows", to_list(whole)));
            cursors.insert(cursor_path.to_owned(), Value::object(entries.into_iter().chain(whole)));
        }
    });
}

/// Returns a resource state with the cursor at `path` only; `None` if it is not stored.
pub(crate) fn extract_cursor(resource_state: &Object, path: &str) -> Option<Object> {
    let cursor = super::stored::cursor(resource_state, path)?;
    let mut part = Object::new();
    super::stored::set_cursor(&mut part, path, Value::Object(cursor.clone()));
    if let Some(mark) = cursor.get("last_value").and_then(|last| boundary_record(resource_state, path, last)) {
        update_extension(&mut part, BOUNDARY, |cursors| drop(cursors.insert(path.to_owned(), mark.clone())));
    }
    Some(part)
}

/// Returns the key of the table entries of a cursor, if the table has some of its boundary rows.
pub(crate) fn overflow_key(state: &State, source: &str, resource: &str, cursor_path: &str) -> Option<CursorEntryKey> {
    let resource_state = state.resource(source, resource)?;
    let last_value = super::stored::cursor(resource_state, cursor_path)?.get("last_value")?;
    let has_rows = rows_in_table(resource_state, cursor_path, last_value) > 0;
    has_rows.then(|| CursorEntryKey::new(CursorEntryKind::Rows, source, resource, cursor_path))
}
