//! A cursor for each parent row of a dependent resource.

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

/// The id of a parent row: a hash of its key.
pub(crate) type ParentId = RowHash;

/// The cursors of the parent rows of a resource in one run.
///
/// The resource also has one cursor over all parent rows, stored as dlt stores it. The parent cursors are valid only
/// while that cursor is unchanged; if another tool moved it, all parent rows start from it.
#[derive(Debug)]
pub(crate) struct ParentCursors<'r> {
    names: (&'r str, &'r str),
    incremental: &'r Incremental,
    rows: (BoundaryDedup, &'r [String]),
    /// The description of how parent keys are computed.
    definition: &'r str,
    stored: StoredParentCursors,
    /// The entry of a parent row that has no cursor in `stored` and no new rows.
    at_floor: Option<String>,
    running: IndexMap<ParentId, ActiveParent<'r>>,
    /// Cursors that this run has moved, of parent rows whose pages have ended.
    changed: Cursors,
    /// Whether rows of unknown parent rows were counted.
    is_lost: bool,
}

/// A parent row whose pages are being read.
#[derive(Debug)]
struct ActiveParent<'r> {
    tracker: CursorTracker<'r>,
    /// How often the parent row is active, because it can appear more than once.
    rows: usize,
}

/// Changes outside the resource state after a run.
#[derive(Debug)]
pub(crate) struct ParentCursorsOutcome {
    /// The change of the table of parent cursors.
    pub(crate) change: Option<CursorEntryChange>,
    /// A warning for the user.
    pub(crate) warning: Option<String>,
}

impl<'r> ParentCursors<'r> {
    /// Restores the cursors from the resource state and the table. Returns `None` if all parent rows would start at the
    /// resource's cursor while the table has boundary rows of it, because these cannot be applied to single parent
    /// rows. Also returns a warning if the table does not match the state.
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

    /// Returns the resume point of a parent row, which is active until [`ParentCursors::finish_parent`].
    pub(crate) fn start(&mut self, parent: ParentId) -> Result<ResumePoint, ExtractError> {
        let running = self.running(parent)?;
        running.rows += 1;
        Ok(running.tracker.start())
    }

    /// Removes known rows from a page of a parent row; see [`CursorTracker::filter`].
    pub(crate) fn filter(
        &mut self,
        parent: ParentId,
        page: &mut Selection,
        room: usize,
        stop: &StopSignal,
    ) -> Result<bool, ExtractError> {
        self.running(parent)?.tracker.filter(page, room, stop)
    }

    /// Marks the cursors as incomplete, because rows of an interrupted run were replayed whose parent rows are unknown.
    pub(crate) fn mark_incomplete(&mut self) {
        self.is_lost = true;
    }

    /// Ends the pages of a parent row and reduces it to its serialized cursor.
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

    /// Stores the cursor of a parent row if it has moved.
    fn store_cursor(&mut self, parent: ParentId, tracker: CursorTracker<'_>) {
        let path = self.incremental.cursor_path.as_str();
        let part = tracker.finish_with_all_rows(Object::new());
        let cursor = to_entry(&part, path);
        let is_changed = match self.stored.cursors.get(&parent) {
            Some(before) => **before != *cursor,
            // A parent row without new rows starts at the same point again.
            None => last_value(&part, path).is_some() && self.at_floor.as_ref() != Some(&cursor),
        };
        if is_changed {
            self.changed.insert(parent, cursor.into());
        } else {
            self.changed.swap_remove(&parent);
        }
    }

    /// Stores the parent cursors in `resource_state`, which contains the final cursor of the resource, or in the table.
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
            "cursor `{path}` is shared by all parent rows, because this run resumed an interrupted one: late rows of a \
             parent row are skipped if another parent row has a later cursor value"
        );
        ParentCursorsOutcome { change: self.stored.forget(resource_state, key), warning: Some(warning) }
    }
}

/// Returns the checkpoint of a parent row that appears again in this run; it started from `resource_state`. Content
/// hashes are not restored, so merged rows may be loaded once more.
fn paused(changed: &Object, resource_state: Option<&Object>, path: &str) -> Value {
    let last = last_value(changed, path);
    Value::object([
        ("last_value", Value::from(last.cloned())),
        ("unique_hashes", stored::to_list(unique_hashes(changed, path))),
        ("moved", Value::from(last != resource_state.and_then(|resource_state| last_value(resource_state, path)))),
    ])
}

/// Returns the id of the parent row with this key.
pub(crate) fn parent_id(key: &Value) -> ParentId {
    let mut text = String::new();
    write_value(key, true, &mut text);
    short_digest::<9>(&text).into()
}
