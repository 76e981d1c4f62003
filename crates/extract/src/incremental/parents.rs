//! A cursor for each row that a dependent resource is fed with.

mod stored_parents;

use std::sync::Arc;

use catchment_json::{Object, Selection, Value, write_value};
use catchment_schema::short_digest;
use catchment_state::{CursorEntry, CursorEntryChange, CursorEntryKey, CursorEntryKind, RowHash};
use indexmap::IndexMap;

use super::{BoundaryDedup, CursorTracker, Incremental, last_value, stored, unique_hashes};
use crate::{ExtractError, ResumePoint, StopSignal};

pub(crate) use stored_parents::has_parents_in_table;
use stored_parents::{Cursors, StoredParentCursors, from_entry, to_entry};

/// What tells a parent from others: a hash of its key.
pub(crate) type ParentId = RowHash;

/// The cursors of the parents of a resource through one run.
///
/// The cursor of the resource moves beside them, to the last value of all parents, as the reference keeps it. What is kept
/// of the parents counts only while that one stands where this program has left it: else another tool has moved it, and all
/// parents start there, as they do without cursors of their own.
#[derive(Debug)]
pub(crate) struct ParentCursors<'r> {
    names: (&'r str, &'r str),
    incremental: &'r Incremental,
    rows: (BoundaryDedup, &'r [String]),
    /// What the keys are made of.
    definition: &'r str,
    stored: StoredParentCursors,
    /// The cursor of a parent that has none in `stored` and no new rows.
    at_floor: Option<String>,
    running: IndexMap<ParentId, ActiveParent<'r>>,
    /// The cursors that this run has moved, of parents whose pages have all come.
    changed: Cursors,
    /// Whether rows came of which nobody knows the parent.
    is_lost: bool,
}

/// A parent whose pages are coming.
#[derive(Debug)]
struct ActiveParent<'r> {
    tracker: CursorTracker<'r>,
    /// How many rows of the parent resource it is, as the same one may come again.
    rows: usize,
}

/// What a run leaves of the parents, beside what the state keeps.
#[derive(Debug)]
pub(crate) struct ParentCursorsOutcome {
    /// How the table of their cursors changes.
    pub(crate) change: Option<CursorEntryChange>,
    /// What a person should know.
    pub(crate) warning: Option<String>,
}

impl<'r> ParentCursors<'r> {
    /// Continues from `kept`, what the state keeps of the resource, and from what the table has of its parents. None where
    /// all parents would start at the resource's own cursor and a table has rows at it, as parents cannot start there. Adds a
    /// warning where the table does not have what it should.
    pub(crate) fn new(
        names: (&'r str, &'r str),
        incremental: &'r Incremental,
        rows: (BoundaryDedup, &'r [String]),
        definition: &'r str,
        resource_state: Option<&Object>,
        (in_table, has_rows_in_table): (&[CursorEntry], bool),
    ) -> (Option<ParentCursors<'r>>, Option<String>) {
        let path = incremental.cursor_path.as_str();
        let mut stored = StoredParentCursors::read(resource_state, path, definition, in_table);
        let problem = stored.problem.take();
        if stored.is_invalid && has_rows_in_table {
            return (None, problem);
        }
        let at_floor = stored.floor.as_ref().map(|floor| to_entry(floor, path));
        let (running, changed, is_lost) = (IndexMap::new(), Cursors::new(), false);
        let parents = ParentCursors { names, incremental, rows, definition, stored, at_floor, running, changed, is_lost };
        (Some(parents), problem)
    }

    /// Where the pages of a parent start; they come until [`ParentCursors::finish_parent`].
    pub(crate) fn start(&mut self, parent: ParentId) -> Result<ResumePoint, ExtractError> {
        let running = self.running(parent)?;
        running.rows += 1;
        Ok(running.tracker.start())
    }

    /// Takes out of a page of a parent the rows that are not new; see [`CursorTracker::filter`].
    pub(crate) fn filter(
        &mut self,
        parent: ParentId,
        page: &mut Selection,
        room: usize,
        stop: &StopSignal,
    ) -> Result<bool, ExtractError> {
        self.running(parent)?.tracker.filter(page, room, stop)
    }

    /// Rows of an earlier attempt at the run have come, whose parents nobody knows.
    pub(crate) fn mark_incomplete(&mut self) {
        self.is_lost = true;
    }

    /// All pages of a parent have come. What is held of it is its cursor alone from here on.
    pub(crate) fn finish_parent(&mut self, parent: ParentId) {
        let Some(running) = self.running.get_mut(&parent) else { return };
        running.rows = running.rows.saturating_sub(1);
        if running.rows == 0
            && let Some(ActiveParent { tracker, .. }) = self.running.swap_remove(&parent)
        {
            self.store_cursor(parent, tracker);
        }
    }

    fn running(&mut self, parent: ParentId) -> Result<&mut ActiveParent<'r>, ExtractError> {
        let entry = match self.running.entry(parent) {
            indexmap::map::Entry::Occupied(entry) => return Ok(entry.into_mut()),
            indexmap::map::Entry::Vacant(entry) => entry,
        };
        let path = self.incremental.cursor_path.as_str();
        let read = |cursor: &Arc<str>| from_entry(cursor, path);
        let own = self.stored.cursors.get(&parent).and_then(read);
        let resource_state = own.as_ref().or(self.stored.floor.as_ref());
        let mut tracker = CursorTracker::new(self.names, self.incremental, self.rows, resource_state, &[])?;
        if let Some(changed) = self.changed.get(&parent).and_then(read) {
            tracker.resume(&paused(&changed, resource_state, path));
        }
        Ok(entry.insert(ActiveParent { tracker, rows: 0 }))
    }

    /// Keeps the cursor of a parent, where it has moved.
    fn store_cursor(&mut self, parent: ParentId, tracker: CursorTracker<'_>) {
        let path = self.incremental.cursor_path.as_str();
        let part = tracker.finish_with_all_rows(Object::new());
        let cursor = to_entry(&part, path);
        let is_changed = match self.stored.cursors.get(&parent) {
            Some(before) => **before != *cursor,
            // A parent without new rows starts where it did.
            None => last_value(&part, path).is_some() && self.at_floor.as_ref() != Some(&cursor),
        };
        if is_changed {
            self.changed.insert(parent, cursor.into());
        } else {
            self.changed.swap_remove(&parent);
        }
    }

    /// Puts the cursors of the parents into `kept`, which has the cursor of the resource after the run, or into the table.
    pub(crate) fn finish(mut self, resource_state: &mut Object) -> ParentCursorsOutcome {
        for (parent, running) in std::mem::take(&mut self.running) {
            self.store_cursor(parent, running.tracker);
        }
        let path = self.incremental.cursor_path.as_str();
        let (source, resource) = self.names;
        let key = CursorEntryKey::new(CursorEntryKind::Parents, source, resource, path);
        if !self.is_lost {
            let change = self.stored.write(self.changed, resource_state, key, self.definition);
            return ParentCursorsOutcome { change, warning: None };
        }
        let warning = format!(
            "the cursor `{path}` is kept for all parents together, as this run goes on after one that was interrupted: rows that a \
             parent gets later with a lower value than another one has are not loaded"
        );
        ParentCursorsOutcome { change: self.stored.forget(resource_state, key), warning: Some(warning) }
    }
}

/// The position from which the tracker of a parent that came before in this run resumes; it started from `kept`. Hashes of
/// whole rows are not restored, so rows that are merged may be loaded once more.
fn paused(changed: &Object, resource_state: Option<&Object>, path: &str) -> Value {
    let last = last_value(changed, path);
    Value::object([
        ("last_value", Value::from(last.cloned())),
        ("unique_hashes", stored::to_list(unique_hashes(changed, path))),
        ("moved", Value::from(last != resource_state.and_then(|resource_state| last_value(resource_state, path)))),
    ])
}

/// The id of the parent with this key.
pub(crate) fn parent_id(key: &Value) -> ParentId {
    let mut text = String::new();
    write_value(key, true, &mut text);
    short_digest::<9>(&text).into()
}
