//! Progress of dependent resources: the parent cursor up to which each of them was extracted.
//!
//! Usually a dependent resource advances with its parent resource, and nothing is stored. If the positions differ, the
//! state of the dependent resource stores the parent cursor up to which it was extracted.

use std::collections::{BTreeSet, HashMap};

use catchment_json::{Object, Value};
use catchment_schema::WriteDisposition;
use catchment_state::State;

use crate::incremental::{extension, extract_cursor, last_value, unique_hashes, update_extension};
use crate::{ExtractError, Resource, Source};

/// The key of the parent cursors in the state of a dependent resource.
const FED: &str = "fed";

/// Resources by name.
pub(super) type ByName<'f> = HashMap<&'f str, &'f Resource>;

/// Returns the resources of a source by name.
pub(super) fn by_name(source: &Source) -> ByName<'_> {
    source.resources.iter().map(|resource| (resource.name.as_str(), resource)).collect()
}

/// The progress of dependent resources before a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct DependentProgress<'f> {
    pub(super) source: &'f Source,
    /// The resources of the source by name.
    pub(super) by_name: &'f ByName<'f>,
    pub(super) state: &'f State,
    /// The resources that have no rows in the dataset.
    pub(super) without_rows: &'f BTreeSet<String>,
}

/// The state that a parent resource starts from for a dependent resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParentStart {
    /// Its own cursor.
    OwnCursor,
    /// A stored earlier or later cursor, as a resource state.
    Saved(Object),
}

/// The progress of a dependent resource in a run.
#[derive(Debug)]
pub(super) enum DependentEnd {
    /// Not all rows were extracted, so the stored position stays.
    Unchanged,
    /// A limit truncated the rows, although the parent resource is loaded too.
    Truncated,
    /// Extracted up to a position of a parent resource that is not loaded.
    Position {
        /// The final cursor of the parent resource; `None` without a cursor.
        position: Option<Object>,
        /// Whether the dependent resource has new rows.
        has_rows: bool,
    },
    /// Extracted together with a parent resource that is loaded.
    WithParent {
        /// Whether the dependent resource has new rows.
        has_rows: bool,
    },
}

impl<'f> DependentProgress<'f> {
    /// Returns the state that `parent` starts from for `child`.
    pub(super) fn parent_start(&self, child: &Resource, parent: &Resource) -> ParentStart {
        let Some(path) = cursor_path(parent) else { return ParentStart::OwnCursor };
        let entry = self.resource_state(child).and_then(|resource_state| extension(resource_state, FED)?.get(&parent.name));
        match entry {
            Some(Value::Object(position)) => ParentStart::Saved(position.clone()),
            Some(_) => ParentStart::OwnCursor,
            None => {
                let has_cursor =
                    self.resource_state(parent).is_some_and(|resource_state| last_value(resource_state, path).is_some());
                let is_new = has_cursor && self.without_rows.contains(&child.name);
                if is_new { ParentStart::Saved(Object::new()) } else { ParentStart::OwnCursor }
            }
        }
    }

    /// Returns true if an ancestor of the resource starts from a stored position for it.
    pub(super) fn has_saved_start(&self, child: &Resource) -> bool {
        self.ancestors(child).any(|parent| self.parent_start(child, parent) != ParentStart::OwnCursor)
    }

    /// Returns the ancestors of a resource, the nearest first.
    fn ancestors(&self, child: &Resource) -> impl Iterator<Item = &'f Resource> + use<'f> {
        let by_name = self.by_name;
        let find = move |name: &str| by_name.get(name).copied();
        let first = child.parent().and_then(find);
        std::iter::successors(first, move |resource| resource.parent().and_then(find)).take(by_name.len())
    }

    fn resource_state(&self, resource: &Resource) -> Option<&'f Object> {
        self.state.resource(&self.source.name, &resource.name)
    }

    /// Records the position of `parent` up to which `child` was extracted.
    ///
    /// # Errors
    ///
    /// Returns an error if a limit truncated appended rows: a later run would append the first ones again.
    pub(super) fn record(
        &self,
        after: &mut State,
        child: &Resource,
        parent: &Resource,
        end: DependentEnd,
    ) -> Result<(), ExtractError> {
        let Some(path) = cursor_path(parent) else { return Ok(()) };
        let now = after.resource(&self.source.name, &parent.name);
        let (entry, has_rows) = match end {
            DependentEnd::Unchanged => match self.parent_start(child, parent) {
                ParentStart::Saved(position) => {
                    self.set(after, child, parent, Some(Value::Object(position)));
                    return Ok(());
                }
                ParentStart::OwnCursor => return Ok(()),
            },
            DependentEnd::Truncated if now == self.resource_state(parent) => return Ok(()),
            DependentEnd::Truncated if child.write_disposition == WriteDisposition::Append => {
                let (resource, parent, cursor) = (child.name.clone(), parent.name.clone(), path.to_owned());
                return Err(ExtractError::LimitLosesDependentRows { resource, parent, cursor });
            }
            DependentEnd::Truncated => {
                let before = self
                    .resource_state(parent)
                    .and_then(|resource_state| extract_cursor(resource_state, path))
                    .unwrap_or_default();
                self.set(after, child, parent, Some(Value::Object(before)));
                return Ok(());
            }
            DependentEnd::Position { position: None, .. } => return Ok(()),
            DependentEnd::Position { position: Some(position), has_rows } => {
                let is_same = now.is_some_and(|now| is_same_cursor(&position, now, path));
                ((!is_same).then_some(position), has_rows)
            }
            DependentEnd::WithParent { has_rows } => (None, has_rows),
        };
        let last = entry.as_ref().or(now).and_then(|resource_state| last_value(resource_state, path));
        if last.is_none() {
            return Ok(());
        }
        // Without rows, only this entry tells that the resource was extracted.
        let is_known = has_rows || !self.without_rows.contains(&child.name);
        let entry = entry.map(Value::Object).or_else(|| (!is_known).then_some(Value::Bool(true)));
        self.set(after, child, parent, entry);
        Ok(())
    }

    /// Records the previous position of `parent` for dependent resources that this run does not load.
    pub(super) fn record_unloaded_dependents(&self, after: &mut State, parent: &Resource) {
        let (Some(path), Some(before)) = (cursor_path(parent), self.resource_state(parent)) else { return };
        let now = after.resource(&self.source.name, &parent.name).and_then(|resource_state| extract_cursor(resource_state, path));
        let Some(position) = extract_cursor(before, path).filter(|before| Some(before) != now.as_ref()) else { return };
        self.save_position(after, parent, &position);
    }

    fn save_position(&self, after: &mut State, parent: &Resource, position: &Object) {
        for child in self.source.resources.iter().filter(|child| !child.is_loaded()) {
            let is_dependent = self.ancestors(child).any(|ancestor| ancestor.name == parent.name);
            let has_rows = child.write_disposition != WriteDisposition::Skip && !self.without_rows.contains(&child.name);
            if is_dependent && has_rows && self.parent_start(child, parent) == ParentStart::OwnCursor {
                self.set(after, child, parent, Some(Value::Object(position.clone())));
            }
        }
    }

    fn set(&self, after: &mut State, child: &Resource, parent: &Resource, entry: Option<Value>) {
        // A replaced resource has no stored position.
        if child.write_disposition == WriteDisposition::Replace {
            return;
        }
        let before = after.resource(&self.source.name, &child.name);
        let mut resource_state = before.cloned().unwrap_or_default();
        update_extension(&mut resource_state, FED, |parents| match entry {
            Some(entry) => drop(parents.insert(parent.name.clone(), entry)),
            None => drop(parents.shift_remove(&parent.name)),
        });
        if before.map_or(!resource_state.is_empty(), |before| *before != resource_state) {
            after.set_resource(&self.source.name, &child.name, (!resource_state.is_empty()).then_some(resource_state));
        }
    }
}

/// Records the cursors of resources that a refresh is about to remove from `state`, for dependent resources that are
/// not refreshed. `without_rows` are the resources that have no rows in the dataset.
pub fn preserve_dependent_cursors(source: &Source, state: &mut State, without_rows: &BTreeSet<String>) {
    let before = state.clone();
    let by_name = by_name(source);
    let dependents = DependentProgress { source, by_name: &by_name, state: &before, without_rows };
    for parent in source.selected_resources() {
        let position = cursor_path(parent)
            .zip(dependents.resource_state(parent))
            .and_then(|(path, resource_state)| extract_cursor(resource_state, path));
        if let Some(position) = position {
            dependents.save_position(state, parent, &position);
        }
    }
}

/// Returns true if two cursors have the same last value and boundary rows.
fn is_same_cursor(one: &Object, other: &Object, path: &str) -> bool {
    let hashes = |resource_state: &Object| {
        let mut hashes = unique_hashes(resource_state, path);
        hashes.sort_unstable();
        hashes
    };
    last_value(one, path) == last_value(other, path) && hashes(one) == hashes(other)
}

/// Returns the path of the cursor that advances from run to run, if the resource has one.
pub(super) fn cursor_path(resource: &Resource) -> Option<&str> {
    let incremental = resource.incremental.as_ref().filter(|incremental| incremental.end_value.is_none())?;
    (resource.write_disposition != WriteDisposition::Replace).then(|| incremental.cursor_path.as_str())
}
