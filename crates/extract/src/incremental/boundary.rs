//! The rows that stand at the last value, by their hashes.

use std::collections::HashSet;

use catchment_json::{Object, Value};
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash, State};
use indexmap::{IndexMap, IndexSet};

use super::stored::{extension, hashes, to_list, update_extension};

/// The most hashes that the state keeps of a cursor; those beyond it stand in a table.
pub(super) const MAX_IN_STATE: usize = 1000;

/// Which rows at the last value are left out, as an earlier run has loaded them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundaryDedup {
    /// Those whose key is known: what is appended comes once, also where it changes.
    ByKey,
    /// Those that are known as they are. A row that changed while its cursor kept its value is loaded again.
    ByContent,
    /// None.
    Off,
}

/// The hashes of the rows at the last value of earlier runs, and at that of this run.
#[derive(Debug)]
pub(super) struct Boundary {
    rows: BoundaryDedup,
    /// Those of earlier runs, in the state and in the table.
    start: HashSet<RowHash>,
    /// Those of keys that the state has.
    in_state: Vec<RowHash>,
    /// Those of whole rows that the state has.
    whole_in_state: Vec<RowHash>,
    /// The rows that this run saw at the last value, by their keys: hashes of whole rows. None where a row came twice and was
    /// not the same, as nobody knows which of the two the table has.
    whole: IndexMap<RowHash, Option<RowHash>>,
    /// Whether one of them is not known.
    has_new_whole: bool,
    /// How many the table has.
    in_table: usize,
    /// Whether hashes are made as they were by old versions of dlt, as some of `in_state` are.
    is_long: bool,
    /// Those of this run, without those of `start` while the value is the same.
    added: IndexSet<RowHash>,
    /// Whether the cursor has moved, so that those of earlier runs stand before it.
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

    /// Whether an earlier run has loaded a row at its last value, so that it is left out.
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
            // A run that merged may have noted whole rows alone, where there are many.
            BoundaryDedup::ByKey => {
                self.start.contains(&key()?) || (!self.whole_in_state.is_empty() && self.start.contains(&whole()?))
            }
        })
    }

    /// Whether rows that are left out are to be noted too.
    pub(super) fn records_known_rows(&self) -> bool {
        self.rows == BoundaryDedup::ByContent
    }

    /// Whether hashes are made as they were by old versions of dlt.
    pub(super) fn is_long(&self) -> bool {
        self.is_long && !self.moved
    }

    /// The cursor has moved on, and rows are at another value now.
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

    /// Notes a row at the last value as it is, known or not.
    pub(super) fn add_whole(&mut self, key: RowHash, whole: RowHash) {
        self.has_new_whole |= !self.start.contains(&whole);
        let noted = self.whole.entry(key).or_insert(Some(whole));
        if *noted != Some(whole) {
            *noted = None;
        }
    }

    /// Those of this run and of earlier ones, to go on with them in the next one. None where they are too many.
    pub(super) fn pause(&self) -> Option<Vec<RowHash>> {
        (self.added.len() <= MAX_IN_STATE).then(|| self.added.iter().copied().collect())
    }

    /// Goes on with those that an earlier part of the run had.
    pub(super) fn resume(&mut self, added: Vec<RowHash>, moved: bool) {
        self.moved = moved;
        added.into_iter().for_each(|hash| self.add(hash));
    }

    pub(super) fn has_moved(&self) -> bool {
        self.moved
    }

    /// The hashes that the state keeps, at most `max_in_state` of each kind, and how the table changes.
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

    /// What is kept where rows are known as they are: those of this run take the place of those before, which may have
    /// changed. Those that this run did not see would be loaded again, which does no harm.
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

/// What is kept of the rows at the last value.
#[derive(Debug, Default)]
pub(super) struct BoundaryOutcome {
    pub(super) in_state: Vec<RowHash>,
    pub(super) whole_in_state: Vec<RowHash>,
    pub(super) in_table: usize,
    pub(super) change: Option<CursorEntryChange>,
}

const BOUNDARY: &str = "boundary";

/// What this program notes in the state of the rows at `last_value`, beside the hashes of keys.
fn boundary_record<'k>(resource_state: &'k Object, cursor_path: &str, last_value: &Value) -> Option<&'k Value> {
    let mark = extension(resource_state, BOUNDARY).and_then(|cursors| cursors.get(cursor_path));
    // Another tool may have moved the cursor on, and knows nothing of these rows.
    mark.filter(|mark| mark.get("last_value") == Some(last_value))
}

/// How many rows at `last_value` the table has, by the state.
fn rows_in_table(resource_state: &Object, cursor_path: &str, last_value: &Value) -> usize {
    let mark = boundary_record(resource_state, cursor_path, last_value);
    mark.and_then(|mark| usize::try_from(mark.get("rows")?.as_i64()?).ok()).unwrap_or(0)
}

/// The hashes of whole rows at `last_value` that the state has.
pub(super) fn whole_rows(resource_state: &Object, cursor_path: &str, last_value: &Value) -> Vec<RowHash> {
    hashes(boundary_record(resource_state, cursor_path, last_value).and_then(|mark| mark.get("whole_rows")))
}

/// Notes how many rows at `last_value` the table has, and which whole rows there are.
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

/// What is kept of the cursor at `path` alone, out of all that a resource keeps.
pub(crate) fn extract_cursor(resource_state: &Object, path: &str) -> Option<Object> {
    let cursor = super::stored::cursor(resource_state, path)?;
    let mut part = Object::new();
    super::stored::set_cursor(&mut part, path, Value::Object(cursor.clone()));
    if let Some(mark) = cursor.get("last_value").and_then(|last| boundary_record(resource_state, path, last)) {
        update_extension(&mut part, BOUNDARY, |cursors| drop(cursors.insert(path.to_owned(), mark.clone())));
    }
    Some(part)
}

/// The key of a cursor whose rows at the last value stand in the table, in part.
pub(crate) fn overflow_key(state: &State, source: &str, resource: &str, cursor_path: &str) -> Option<CursorEntryKey> {
    let resource_state = state.resource(source, resource)?;
    let last_value = super::stored::cursor(resource_state, cursor_path)?.get("last_value")?;
    let has_rows = rows_in_table(resource_state, cursor_path, last_value) > 0;
    has_rows.then(|| CursorEntryKey::new(CursorEntryKind::Rows, source, resource, cursor_path))
}
