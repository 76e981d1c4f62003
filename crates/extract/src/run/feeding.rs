//! Up to which rows of an incremental resource those that depend on it have been fed.
//!
//! In most cases that is where the cursor of the parent stands, and nothing is kept of it. Where the two differ the state
//! of the dependent resource has the parent's cursor as of the rows that it was fed with last.

use std::collections::{BTreeSet, HashMap};

use catchment_json::{Object, Value};
use catchment_schema::WriteDisposition;
use catchment_state::State;

use crate::incremental::{last_value, own, own_mut, part_of_cursor, unique_hashes};
use crate::{ExtractError, Resource, Source};

/// The key of it in what a dependent resource keeps.
const FED: &str = "fed";

/// Resources by their names.
pub(super) type ByName<'f> = HashMap<&'f str, &'f Resource>;

/// The resources of a source by their names.
pub(super) fn by_name(source: &Source) -> ByName<'_> {
    source.resources.iter().map(|resource| (resource.name.as_str(), resource)).collect()
}

/// What resources of a source have been fed with before a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feeding<'f> {
    pub(super) source: &'f Source,
    /// Its resources by their names.
    pub(super) by_name: &'f ByName<'f>,
    pub(super) state: &'f State,
    /// The resources of which no row was ever loaded, or none is left.
    pub(super) without_rows: &'f BTreeSet<String>,
}

/// Where a parent starts for a dependent resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum From {
    /// Where its own cursor stands.
    Itself,
    /// Behind or before that: with what it would have kept then.
    Apart(Object),
}

/// How far a resource was fed in a run.
#[derive(Debug)]
pub(super) enum FedEnd {
    /// No further than before, as not all rows have come.
    Unchanged,
    /// Not with all that its parent had, by a limit.
    Cut,
    /// Up to where the parent stands that only feeds it.
    At {
        /// What the parent would keep; none where it has no cursor.
        position: Option<Object>,
        /// Whether rows have come of the resource.
        has_rows: bool,
    },
    /// With a parent that is loaded itself.
    Together {
        /// Whether rows have come of the resource.
        has_rows: bool,
    },
}

impl<'f> Feeding<'f> {
    /// Where `parent` starts for `child`.
    pub(super) fn from(&self, child: &Resource, parent: &Resource) -> From {
        let Some(path) = cursor_path(parent) else { return From::Itself };
        let entry = self.kept(child).and_then(|kept| own(kept, FED)?.get(&parent.name));
        match entry {
            Some(Value::Object(position)) => From::Apart(position.clone()),
            Some(_) => From::Itself,
            None => {
                let has_cursor = self.kept(parent).is_some_and(|kept| last_value(kept, path).is_some());
                let is_new = has_cursor && self.without_rows.contains(&child.name);
                if is_new { From::Apart(Object::new()) } else { From::Itself }
            }
        }
    }

    /// Whether a parent of the resource starts elsewhere for it than for itself.
    pub(super) fn is_apart(&self, child: &Resource) -> bool {
        self.ancestors(child).any(|parent| self.from(child, parent) != From::Itself)
    }

    /// The resources that feed a resource, the nearest first.
    fn ancestors(&self, child: &Resource) -> impl Iterator<Item = &'f Resource> + use<'f> {
        let by_name = self.by_name;
        let find = move |name: &str| by_name.get(name).copied();
        let first = child.parent().and_then(find);
        std::iter::successors(first, move |resource| resource.parent().and_then(find)).take(by_name.len())
    }

    fn kept(&self, resource: &Resource) -> Option<&'f Object> {
        self.state.resource(&self.source.name, &resource.name)
    }

    /// Notes how far `parent` has come for `child`.
    ///
    /// # Errors
    ///
    /// Where a limit cut rows that are appended: those that came would come again with the rest.
    pub(super) fn note(&self, after: &mut State, child: &Resource, parent: &Resource, end: FedEnd) -> Result<(), ExtractError> {
        let Some(path) = cursor_path(parent) else { return Ok(()) };
        let now = after.resource(&self.source.name, &parent.name);
        let (entry, has_rows) = match end {
            FedEnd::Unchanged => match self.from(child, parent) {
                From::Apart(position) => {
                    self.set(after, child, parent, Some(Value::Object(position)));
                    return Ok(());
                }
                From::Itself => return Ok(()),
            },
            FedEnd::Cut if now == self.kept(parent) => return Ok(()),
            FedEnd::Cut if child.write_disposition == WriteDisposition::Append => {
                let (resource, parent, cursor) = (child.name.clone(), parent.name.clone(), path.to_owned());
                return Err(ExtractError::LimitLosesFedRows { resource, parent, cursor });
            }
            FedEnd::Cut => {
                let before = self.kept(parent).and_then(|kept| part_of_cursor(kept, path)).unwrap_or_default();
                self.set(after, child, parent, Some(Value::Object(before)));
                return Ok(());
            }
            FedEnd::At { position: None, .. } => return Ok(()),
            FedEnd::At { position: Some(position), has_rows } => {
                let is_same = now.is_some_and(|now| is_same_cursor(&position, now, path));
                ((!is_same).then_some(position), has_rows)
            }
            FedEnd::Together { has_rows } => (None, has_rows),
        };
        let stands_at = entry.as_ref().or(now).and_then(|kept| last_value(kept, path));
        if stands_at.is_none() {
            return Ok(());
        }
        // Where it has no rows, nothing else would tell that it was fed.
        let is_known = has_rows || !self.without_rows.contains(&child.name);
        let entry = entry.map(Value::Object).or_else(|| (!is_known).then_some(Value::Bool(true)));
        self.set(after, child, parent, entry);
        Ok(())
    }

    /// Notes for the resources that this run does not load where `parent` stood before, as it moves on without them.
    pub(super) fn note_left_behind(&self, after: &mut State, parent: &Resource) {
        let (Some(path), Some(before)) = (cursor_path(parent), self.kept(parent)) else { return };
        let now = after.resource(&self.source.name, &parent.name).and_then(|kept| part_of_cursor(kept, path));
        let Some(position) = part_of_cursor(before, path).filter(|before| Some(before) != now.as_ref()) else { return };
        self.leave_behind(after, parent, &position);
    }

    fn leave_behind(&self, after: &mut State, parent: &Resource, position: &Object) {
        for child in self.source.resources.iter().filter(|child| !child.is_loaded()) {
            let is_fed = self.ancestors(child).any(|ancestor| ancestor.name == parent.name);
            let has_rows = child.write_disposition != WriteDisposition::Skip && !self.without_rows.contains(&child.name);
            if is_fed && has_rows && self.from(child, parent) == From::Itself {
                self.set(after, child, parent, Some(Value::Object(position.clone())));
            }
        }
    }

    fn set(&self, after: &mut State, child: &Resource, parent: &Resource, entry: Option<Value>) {
        // Where all rows are loaded anew, nothing is kept.
        if child.write_disposition == WriteDisposition::Replace {
            return;
        }
        let before = after.resource(&self.source.name, &child.name);
        let mut kept = before.cloned().unwrap_or_default();
        own_mut(&mut kept, FED, |parents| match entry {
            Some(entry) => drop(parents.insert(parent.name.clone(), entry)),
            None => drop(parents.shift_remove(&parent.name)),
        });
        if before.map_or(!kept.is_empty(), |before| *before != kept) {
            after.set_resource(&self.source.name, &child.name, (!kept.is_empty()).then_some(kept));
        }
    }
}

/// Notes in `state` where the cursors of the resources stand that a refresh is about to forget, for those that depend on
/// them and are not refreshed. `without_rows` are the resources of which no row was loaded.
pub fn keep_fed(source: &Source, state: &mut State, without_rows: &BTreeSet<String>) {
    let before = state.clone();
    let by_name = by_name(source);
    let feeding = Feeding { source, by_name: &by_name, state: &before, without_rows };
    for parent in source.loaded() {
        let position = cursor_path(parent).zip(feeding.kept(parent)).and_then(|(path, kept)| part_of_cursor(kept, path));
        if let Some(position) = position {
            feeding.leave_behind(state, parent, &position);
        }
    }
}

/// Whether two cursors stand at the same value, with the same rows.
fn is_same_cursor(one: &Object, other: &Object, path: &str) -> bool {
    let hashes = |kept: &Object| {
        let mut hashes = unique_hashes(kept, path);
        hashes.sort_unstable();
        hashes
    };
    last_value(one, path) == last_value(other, path) && hashes(one) == hashes(other)
}

/// The path of the cursor that moves from run to run, where the resource has one.
pub(super) fn cursor_path(resource: &Resource) -> Option<&str> {
    let incremental = resource.incremental.as_ref().filter(|incremental| incremental.end_value.is_none())?;
    (resource.write_disposition != WriteDisposition::Replace).then(|| incremental.cursor_path.as_str())
}
