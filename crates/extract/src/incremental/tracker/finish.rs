//! The state of a cursor after a run, and at its checkpoints.

use catchment_json::{Object, Value};
use catchment_state::{CursorEntryChange, CursorEntryKey, CursorEntryKind};

use super::CursorTracker;
use crate::incremental::boundary::{Boundary, BoundaryOutcome, MAX_IN_STATE, set_mark};
use crate::incremental::cursor::OwnedOrderedValue;
use crate::incremental::last_value::CursorOrdering;
use crate::incremental::stored;
use crate::windows::mark_loaded;

impl CursorTracker<'_> {
    /// Freezes the cursor for the rest of a resumed run. Rows read before the interruption may have changed since, so
    /// the cursor must not advance past them; rows from there on are loaded once more.
    pub(crate) fn freeze(&mut self) {
        if self.cap.is_none() {
            self.cap = Some(self.last.clone());
        }
    }

    /// Adds the cursor to the state of the resource. Returns the new state and the change of the table of boundary
    /// rows.
    pub(crate) fn finish(self, resource_state: Object) -> (Object, Option<CursorEntryChange>) {
        self.finish_within(resource_state, MAX_IN_STATE)
    }

    /// Adds the cursor with all boundary rows, without the size limit.
    pub(crate) fn finish_with_all_rows(self, resource_state: Object) -> Object {
        self.finish_within(resource_state, usize::MAX).0
    }

    fn finish_within(mut self, mut resource_state: Object, max_in_state: usize) -> (Object, Option<CursorEntryChange>) {
        if let Some(cap) = self.cap.take() {
            self.last = cap;
            if let Some(boundary) = &mut self.boundary {
                boundary.clear();
            }
        }
        if let Some(end) = &self.incremental.end_value {
            if let (true, Some(start)) = (self.incremental.is_window, &self.incremental.initial_value) {
                mark_loaded(&mut resource_state, self.incremental.cursor_path.as_str(), start, end);
            }
            return (resource_state, None);
        }
        let path = self.incremental.cursor_path.as_str();
        // without the lag
        let this_start = || Value::from(self.stored_last.clone().or_else(|| self.initial_value.clone()));
        let start_value = if self.kept_rows { this_start() } else { self.stored_start.clone().unwrap_or_else(this_start) };
        let last_value = self.last_value();
        let key = CursorEntryKey::new(CursorEntryKind::Rows, self.source, self.resource, path);
        let BoundaryOutcome { in_state, whole_in_state, in_table, change } =
            self.boundary.map(|boundary| boundary.finish(key, max_in_state)).unwrap_or_default();
        set_mark(&mut resource_state, path, &last_value, in_table, whole_in_state);
        let cursor = Value::object([
            ("initial_value", Value::from(self.initial_value)),
            ("last_value", last_value),
            ("unique_hashes", stored::to_list(in_state)),
            ("start_value", start_value),
        ]);
        stored::set_cursor(&mut resource_state, path, cursor);
        (resource_state, change)
    }

    /// Returns the last value of this run or of earlier runs, whichever is later: with a lag a run starts before it.
    fn last_value(&self) -> Value {
        let Some(last) = &self.last else { return Value::from(self.stored_last.clone()) };
        let stored = self.stored_last.as_ref().and_then(OwnedOrderedValue::new);
        let is_behind = stored.is_some_and(|stored| {
            let ordering = self.incremental.last_value_func.compare(&last.point(), &stored.point());
            ordering.is_some_and(|ordering| !matches!(ordering, CursorOrdering::After(_)))
        });
        match &self.stored_last {
            Some(stored) if is_behind => stored.clone(),
            stored => last.to_value_with_mark_of(stored.as_ref()),
        }
    }

    /// Returns the cursor at a checkpoint of an incomplete run; `None` if it has too many boundary rows to store.
    pub(crate) fn checkpoint(&self) -> Option<Value> {
        let boundary = self.boundary.as_ref();
        Some(Value::object([
            ("last_value", Value::from(self.last.as_ref().map(OwnedOrderedValue::value))),
            ("unique_hashes", stored::to_list(boundary.map_or_else(|| Some(Vec::new()), Boundary::pause)?)),
            ("moved", Value::from(boundary.is_some_and(Boundary::has_moved))),
            ("kept_rows", Value::from(self.kept_rows)),
            (
                "cap",
                self.cap.as_ref().map_or(Value::Null, |cap| {
                    Value::object([("last_value", Value::from(cap.as_ref().map(OwnedOrderedValue::value)))])
                }),
            ),
        ]))
    }

    /// Restores the result of [`CursorTracker::checkpoint`].
    pub(crate) fn resume(&mut self, paused: &Value) {
        let paused = paused.as_object();
        if let Some(last) = stored::value(paused, "last_value") {
            self.last = OwnedOrderedValue::new(&last);
        }
        let flag = |key| stored::value(paused, key).and_then(|value| value.as_bool()).unwrap_or_default();
        if let Some(boundary) = &mut self.boundary {
            boundary.resume(stored::hashes(paused.and_then(|paused| paused.get("unique_hashes"))), flag("moved"));
        }
        self.kept_rows = flag("kept_rows");
        let cap = stored::value(paused, "cap");
        self.cap = cap.map(|cap| cap.get("last_value").filter(|last| !last.is_null()).and_then(OwnedOrderedValue::new));
    }
}
