//! A cursor for each row that a dependent resource is fed with.

use catchment_json::{Object, Selection, Value, write_value};
use catchment_schema::short_digest;
use catchment_state::RowHash;
use indexmap::IndexMap;

use super::boundary::{set_mark, whole_rows};
use super::{BoundaryRows, Incremental, Tracker, last_value, own, own_mut, part_of_cursor, stored, unique_hashes};
use crate::{ExtractError, Start};

/// The most parents whose cursors the state keeps.
const MAX_PARENTS: usize = 1000;

/// The most hashes of rows at their last values that it keeps of all of them.
const MAX_HASHES: usize = 2000;

/// The key of them in what a resource keeps.
const PARENTS: &str = "parents";

/// What tells a parent from others: a hash of its key.
pub(crate) type ParentId = RowHash;

/// The cursors of the parents of a resource through one run.
///
/// The cursor of the resource moves beside them, to the last value of all parents, as the reference keeps it. What is kept
/// of the parents counts only while that one stands where this program has left it: else another tool has moved it, and all
/// parents start there, as they do without cursors of their own.
#[derive(Debug)]
pub(crate) struct Parents<'r> {
    names: (&'r str, &'r str),
    incremental: &'r Incremental,
    rows: (BoundaryRows, &'r [String]),
    /// What the keys are made of.
    definition: &'r str,
    /// Where parents start that have no cursor of their own; at the initial value where there is none.
    floor: Option<Object>,
    stored: IndexMap<ParentId, Object>,
    running: IndexMap<ParentId, Tracker<'r>>,
    /// Whether the parents are too many to be kept, or rows came of which nobody knows the parent.
    is_lost: bool,
}

impl<'r> Parents<'r> {
    /// None where rows at the resource's own cursor stand in a table, as parents cannot start there.
    pub(crate) fn new(
        names: (&'r str, &'r str),
        incremental: &'r Incremental,
        rows: (BoundaryRows, &'r [String]),
        definition: &'r str,
        kept: Option<&Object>,
        has_rows_in_table: bool,
    ) -> Option<Parents<'r>> {
        let path = incremental.cursor_path.as_str();
        let mut parents = Parents {
            names,
            incremental,
            rows,
            definition,
            floor: None,
            stored: IndexMap::new(),
            running: IndexMap::new(),
            is_lost: false,
        };
        let Some(kept) = kept.filter(|kept| last_value(kept, path).is_some()) else { return Some(parents) };
        let mark = own(kept, PARENTS).and_then(|cursors| cursors.get(path));
        let mark = mark.filter(|mark| mark.get("seal") == Some(&seal(kept, path, definition)));
        match mark {
            Some(mark) => {
                parents.floor = mark.get("floor").and_then(Value::as_object).cloned();
                let of_parents = mark.get("by_parent").and_then(Value::as_object).into_iter().flatten();
                let entry = |(id, entry): (&String, &Value)| Some((id.parse().ok()?, from_entry(entry, path)?));
                parents.stored = of_parents.filter_map(entry).collect();
            }
            None if has_rows_in_table => return None,
            None => parents.floor = part_of_cursor(kept, path),
        }
        Some(parents)
    }

    /// Where the pages of a parent start.
    pub(crate) fn start(&mut self, parent: ParentId) -> Result<Start, ExtractError> {
        Ok(self.tracker(parent)?.start())
    }

    /// Takes out of a page of a parent the rows that are not new; see [`Tracker::filter`].
    pub(crate) fn filter(&mut self, parent: ParentId, page: &mut Selection, room: usize) -> Result<bool, ExtractError> {
        self.tracker(parent)?.filter(page, room)
    }

    /// Rows of an earlier attempt at the run have come, whose parents nobody knows.
    pub(crate) fn lose(&mut self) {
        self.is_lost = true;
    }

    /// All pages of a parent have come.
    pub(crate) fn end(&mut self, parent: ParentId) {
        self.is_lost |= self.running.len() > MAX_PARENTS;
        if self.is_lost {
            self.running.swap_remove(&parent);
        }
    }

    fn tracker(&mut self, parent: ParentId) -> Result<&mut Tracker<'r>, ExtractError> {
        let entry = match self.running.entry(parent) {
            indexmap::map::Entry::Occupied(entry) => return Ok(entry.into_mut()),
            indexmap::map::Entry::Vacant(entry) => entry,
        };
        let kept = self.stored.get(&parent).or(self.floor.as_ref());
        Ok(entry.insert(Tracker::new(self.names, self.incremental, self.rows, kept, &[])?))
    }

    /// Puts the cursors of the parents into `kept`, which has the cursor of the resource after the run. Returns a warning
    /// where they are too many.
    pub(crate) fn finish(mut self, kept: &mut Object) -> Option<String> {
        let path = self.incremental.cursor_path.as_str();
        let before = self.floor.as_ref().map(|floor| to_entry(floor, path));
        for (parent, tracker) in std::mem::take(&mut self.running) {
            let (part, change) = tracker.finish(Object::new());
            self.is_lost |= change.is_some();
            // A parent without new rows starts where it did.
            let is_moved = last_value(&part, path).is_some() && before.as_ref() != Some(&to_entry(&part, path));
            if is_moved || self.stored.contains_key(&parent) {
                self.stored.insert(parent, part);
            }
        }
        let hashes: usize = self.stored.values().map(|part| unique_hashes(part, path).len() + whole_of(part, path).len()).sum();
        let is_too_many = self.is_lost || self.stored.len() > MAX_PARENTS || hashes > MAX_HASHES;
        let seal = seal(kept, path, self.definition);
        own_mut(kept, PARENTS, |cursors| {
            cursors.shift_remove(path);
            if !is_too_many && !self.stored.is_empty() {
                let by_parent = self.stored.iter().map(|(id, part)| (id.to_string(), to_entry(part, path)));
                let mark = [
                    ("seal", seal),
                    ("floor", self.floor.clone().map_or(Value::Null, Value::Object)),
                    ("by_parent", Value::Object(by_parent.collect())),
                ];
                cursors.insert(path.to_owned(), Value::object(mark));
            }
        });
        is_too_many.then(|| {
            format!(
                "the cursor `{path}` is kept for all parents together, as they are more than {MAX_PARENTS}, have more than \
                 {MAX_HASHES} rows at their last values, or the run was interrupted: rows that a parent gets later with a lower \
                 value than another one has are not loaded"
            )
        })
    }
}

/// The id of the parent with this key.
pub(crate) fn parent_id(key: &Value) -> ParentId {
    let mut text = String::new();
    write_value(key, true, &mut text);
    short_digest::<9>(&text).into()
}

/// What the cursor of the resource must be for the cursors of its parents to count.
fn seal(kept: &Object, path: &str, definition: &str) -> Value {
    let mut hashes: Vec<Value> = {
        let mut hashes = unique_hashes(kept, path);
        hashes.sort_unstable();
        hashes.into_iter().map(|hash| Value::from(hash.to_string())).collect()
    };
    hashes.push(Value::from(last_value(kept, path).cloned()));
    hashes.push(Value::from(definition));
    Value::from(parent_id(&Value::Array(hashes)).to_string())
}

fn whole_of(part: &Object, path: &str) -> Vec<RowHash> {
    last_value(part, path).map(|last| whole_rows(part, path, last)).unwrap_or_default()
}

/// What is kept of a parent's cursor: initial value, last value, hashes of keys and of whole rows.
fn to_entry(part: &Object, path: &str) -> Value {
    let cursor = stored::cursor(part, path);
    Value::Array(vec![
        Value::from(stored::value(cursor, "initial_value")),
        Value::from(stored::value(cursor, "last_value")),
        stored::to_list(unique_hashes(part, path)),
        stored::to_list(whole_of(part, path)),
    ])
}

fn from_entry(entry: &Value, path: &str) -> Option<Object> {
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
