//! Up to which rows of an incremental resource those that depend on it have been fed.
//!
//! In most cases that is where the cursor of the parent stands, and nothing is kept of it. Where the two differ the state
//! of the dependent resource has the parent's cursor as of the rows that it was fed with last.

use std::collections::{BTreeSet, HashMap};

use catchment_json::{Object, Value};
use catchment_schema::WriteDisposition;
use catchment_state::State;

use crate::incremental::{extension, extract_cursor, last_value, unique_hashes, update_extension};
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
pub(super) struct DependentProgress<'f> {
    pub(super) source: &'f Source,
    /// Its resources by their names.
    pub(super) by_name: &'f ByName<'f>,
    pub(super) state: &'f State,
    /// The resources of which no row was ever loaded, or none is left.
    pub(super) without_rows: &'f BTreeSet<String>,
}

/// Where a parent starts for a dependent resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParentStart {
    /// Where its own cursor stands.
    OwnCursor,
    /// Behind or before that: with what it would have kept then.
    Saved(Object),
}

/// How far a resource was fed in a run.
#[derive(Debug)]
pub(super) enum DependentEnd {
    /// No further than before, as not all rows have come.
    Unchanged,
    /// Not with all that its parent had, by a limit.
    Truncated,
    /// Up to where the parent stands that only feeds it.
    Position {
        /// What the parent would keep; none where it has no cursor.
        position: Option<Object>,
        /// Whether rows have come of the resource.
        has_rows: bool,
    },
    /// With a parent that is loaded itself.
    WithParent {
        /// Whether rows have come of the resource.
        has_rows: bool,
    },
}

impl<'f> DependentProgress<'f> {
    /// Where `parent` starts for `child`.
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

    /// Whether a parent of the resource starts elsewhere for it than for itself.
    pub(super) fn is_apart(&self, child: &Resource) -> bool {
        self.ancestors(child).any(|parent| self.parent_start(child, parent) != ParentStart::OwnCursor)
    }

    /// The resources that feed a resource, the nearest first.
    fn ancestors(&self, child: &Resource) -> impl Iterator<Item = &'f Resource> + use<'f> {
        let by_name = self.by_name;
        let find = move |name: &str| by_name.get(name).copied();
        let first = child.parent().and_then(find);
        std::iter::successors(first, move |resource| resource.parent().and_then(find)).take(by_name.len())
    }

    fn resource_state(&self, resource: &Resource) -> Option<&'f Object> {
        self.state.resource(&self.source.name, &resource.name)
    }

    /// Notes how far `parent` has come for `child`.
    ///
    /// # Errors
    ///
    /// Where a limit cut rows that are appended: those that came would come again with the rest.
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
        let stands_at = entry.as_ref().or(now).and_then(|resource_state| last_value(resource_state, path));
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
        // Where all rows are loaded anew, nothing is kept.
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

/// Notes in `state` where the cursors of the resources stand that a refresh is about to forget, for those that depend on
/// them and are not refreshed. `without_rows` are the resources of which no row was loaded.
pub fn preserve_dependent_cursors(source: &Source, state: &mut State, without_rows: &BTreeSet<String>) {
    let before = state.clone();
    let by_name = by_name(source);
    let feeding = DependentProgress { source, by_name: &by_name, state: &before, without_rows };
    for parent in source.selected_resources() {
        let position = cursor_path(parent)
            .zip(feeding.resource_state(parent))
            .and_then(|(path, resource_state)| extract_cursor(resource_state, path));
        if let Some(position) = position {
            feeding.save_position(state, parent, &position);
        }
    }
}

/// Whether two cursors stand at the same value, with the same rows.
fn is_same_cursor(one: &Object, other: &Object, path: &str) -> bool {
    let hashes = |resource_state: &Object| {
        let mut hashes = unique_hashes(resource_state, path);
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
