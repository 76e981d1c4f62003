//! The rows that stand at the last value, by their hashes.

use std::collections::HashSet;

use catchment_json::{Object, Value};
use catchment_state::{BoundaryChange, BoundaryKey, RowHash, State};
use indexmap::IndexSet;

use super::stored::{own, own_mut};

/// The most hashes that the state keeps of a cursor; those beyond it stand in a table.
const MAX_IN_STATE: usize = 1000;

/// The hashes of the rows at the last value of earlier runs, and at that of this run.
#[derive(Debug, Default)]
pub(super) struct Boundary {
    /// Those of earlier runs, in the state and in the table.
    start: HashSet<RowHash>,
    /// Those of them that the state has.
    in_state: Vec<RowHash>,
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
    pub(super) fn new(in_state: Vec<RowHash>, in_table: &[RowHash]) -> Boundary {
        let start = in_state.iter().chain(in_table).copied().collect();
        let is_long = in_state.iter().any(RowHash::is_long);
        Boundary { start, in_state, in_table: in_table.len(), is_long, ..Boundary::default() }
    }

    /// Whether an earlier run had the row at its last value.
    pub(super) fn knows(&self, hash: RowHash) -> bool {
        self.start.contains(&hash)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// Whether hashes are made as they were by old versions of dlt.
    pub(super) fn is_long(&self) -> bool {
        self.is_long && !self.moved
    }

    /// The cursor has moved on, and rows are at another value now.
    pub(super) fn clear(&mut self) {
        self.moved = true;
        self.added.clear();
    }

    pub(super) fn add(&mut self, hash: RowHash) {
        if self.moved || !self.start.contains(&hash) {
            self.added.insert(hash);
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

    /// The hashes that the state keeps, and how the table changes.
    pub(super) fn finish(self, key: BoundaryKey) -> Finished {
        let mut in_state = if self.moved { Vec::new() } else { self.in_state };
        let room = MAX_IN_STATE.saturating_sub(in_state.len());
        let mut added = self.added.into_iter();
        in_state.extend(added.by_ref().take(room));
        let beyond: Vec<RowHash> = added.collect();
        let replaces = self.moved || self.in_table == 0;
        let in_table = beyond.len() + if self.moved { 0 } else { self.in_table };
        let changes = !beyond.is_empty() || (self.moved && self.in_table > 0);
        let change = changes.then_some(BoundaryChange { key, replaces, hashes: beyond });
        Finished { in_state, in_table, change }
    }
}

/// What is kept of the rows at the last value.
pub(super) struct Finished {
    pub(super) in_state: Vec<RowHash>,
    pub(super) in_table: usize,
    pub(super) change: Option<BoundaryChange>,
}

const BOUNDARY: &str = "boundary";

/// How many rows at `last_value` the table has, by the state.
pub(super) fn rows_in_table(kept: &Object, cursor_path: &str, last_value: &Value) -> usize {
    let mark = own(kept, BOUNDARY).and_then(|cursors| cursors.get(cursor_path));
    // Another tool may have moved the cursor on, and knows nothing of the table.
    let mark = mark.filter(|mark| mark.get("last_value") == Some(last_value));
    mark.and_then(|mark| usize::try_from(mark.get("rows")?.as_i64()?).ok()).unwrap_or(0)
}

/// Notes how many rows at `last_value` the table has.
pub(super) fn set_rows_in_table(kept: &mut Object, cursor_path: &str, last_value: &Value, rows: usize) {
    own_mut(kept, BOUNDARY, |cursors| {
        cursors.shift_remove(cursor_path);
        if rows > 0 {
            let mark = Value::object([("last_value", last_value.clone()), ("rows", Value::from(rows as u64))]);
            cursors.insert(cursor_path.to_owned(), mark);
        }
    });
}

/// The key of a cursor whose rows at the last value stand in the table, in part.
pub(crate) fn overflow(state: &State, source: &str, resource: &str, cursor_path: &str) -> Option<BoundaryKey> {
    let kept = state.resource(source, resource)?;
    let last_value = super::stored::cursor(kept, cursor_path)?.get("last_value")?;
    let has_rows = rows_in_table(kept, cursor_path, last_value) > 0;
    let key = || [source, resource, cursor_path].map(str::to_owned);
    has_rows.then(key).map(|[source, resource, cursor_path]| BoundaryKey { source, resource, cursor_path })
}
