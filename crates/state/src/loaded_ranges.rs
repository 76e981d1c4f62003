//! Merging of the cursor ranges that backfills have loaded.

use std::collections::BTreeSet;

use catchment_json::{Object, Value};

/// The key in the state of a resource for values that dlt does not store.
pub const CATCHMENT_KEY: &str = "_catchment";

/// The key below [`CATCHMENT_KEY`] for the loaded ranges of each cursor. Each range is a key.
pub const WINDOWS_KEY: &str = "windows";

/// A cursor path and a loaded range.
type CursorRange = (String, String);

/// Merges the states of a resource that two runs changed. They can only be merged if one of the runs just added ranges,
/// and the other did not load them. Otherwise both contain the same rows: returns `None`.
pub(crate) fn merge(was: Option<&Object>, ours: Option<&Object>, theirs: Option<&Object>) -> Option<Object> {
    let [was, ours, theirs] = [was, ours, theirs].map(|resource_state| split_ranges(resource_state.cloned().unwrap_or_default()));
    let mut merged = match (ours.0 == was.0, theirs.0 == was.0) {
        (true, _) => theirs.0,
        (false, true) => ours.0,
        (false, false) => return None,
    };
    let added = |after: &BTreeSet<CursorRange>| after.difference(&was.1).cloned().collect::<BTreeSet<CursorRange>>();
    let (ours_added, theirs_added) = (added(&ours.1), added(&theirs.1));
    if !ours_added.is_disjoint(&theirs_added) {
        return None;
    }
    // A range that was merged into a larger one is gone.
    let remaining = was.1.iter().filter(|range| ours.1.contains(range) && theirs.1.contains(range)).cloned();
    let mut cursors = Object::new();
    for (cursor, range) in remaining.chain(ours_added).chain(theirs_added) {
        let ranges = cursors.entry(cursor).or_insert_with(|| Value::Object(Object::new()));
        if let Some(ranges) = ranges.as_object_mut() {
            ranges.insert(range, Value::Bool(true));
        }
    }
    let own = merged.entry(CATCHMENT_KEY.to_owned()).or_insert_with(|| Value::Object(Object::new()));
    if let Some(own) = own.as_object_mut() {
        own.insert(WINDOWS_KEY.to_owned(), Value::Object(cursors));
    }
    Some(merged)
}

/// Splits the state of a resource into everything else and the loaded ranges.
fn split_ranges(mut resource_state: Object) -> (Object, BTreeSet<CursorRange>) {
    let mut ranges = BTreeSet::new();
    if let Some(own) = resource_state.get_mut(CATCHMENT_KEY).and_then(Value::as_object_mut) {
        let cursors = own.shift_remove(WINDOWS_KEY);
        for (cursor, of_cursor) in cursors.as_ref().and_then(Value::as_object).into_iter().flatten() {
            let of_cursor = of_cursor.as_object().into_iter().flat_map(Object::keys);
            ranges.extend(of_cursor.map(|range| (cursor.clone(), range.clone())));
        }
        if own.is_empty() {
            resource_state.shift_remove(CATCHMENT_KEY);
        }
    }
    (resource_state, ranges)
}
