//! Cursors to set.

use std::collections::BTreeSet;

use catchment_json::Value;
use catchment_state::State;

use super::cursor_assignment::CursorAssignment;
use super::error::DropError;
use super::schema_group::{SchemaGroup, suggest};
use super::{cursor_value, resource_cursors};

/// A cursor in the state and its new value.
#[derive(Debug, PartialEq)]
pub(super) struct CursorTarget {
    pub(super) source: String,
    pub(super) resource: String,
    pub(super) cursor_path: String,
    pub(super) value: Value,
}

/// Resolves assignments to cursors in the state.
///
/// # Errors
///
/// Returns an error if a resource does not have exactly one matching cursor, or if a value does not have its type.
pub(super) fn resolve(
    assignments: &[CursorAssignment],
    groups: &[SchemaGroup<'_>],
    state: &State,
) -> Result<Vec<CursorTarget>, DropError> {
    assignments.iter().map(|assignment| resolve_one(assignment, groups, state)).collect()
}

fn resolve_one(assignment: &CursorAssignment, groups: &[SchemaGroup<'_>], state: &State) -> Result<CursorTarget, DropError> {
    let CursorAssignment { resource, cursor_path: path, value } = assignment;
    let error = |problem| DropError::Cursor { resource: resource.clone(), problem };
    let sources = groups.iter().flat_map(|group| &group.sources);
    let states = sources.filter_map(|source| Some((source, state.resource(source, resource)?)));
    let all: Vec<_> = states
        .flat_map(|(source, resource_state)| resource_cursors::cursors(resource_state).map(move |cursor| (source, cursor)))
        .collect();
    if all.is_empty() {
        return Err(error(without_cursor(resource, groups, state)));
    }
    let is_match = |found: &str| path.as_ref().is_none_or(|path| path == found);
    let mut matching = all.iter().filter(|(_, (found, _))| is_match(found));
    let (Some((source, (cursor_path, cursor))), None) = (matching.next(), matching.next()) else {
        return Err(error(not_unique(assignment, &all.iter().map(|(source, (path, _))| (source.as_str(), *path)).collect())));
    };
    let current = resource_cursors::start_of(cursor);
    let value = cursor_value::parse(value, &current).map_err(|expected| DropError::CursorValue {
        resource: resource.clone(),
        cursor_path: (*cursor_path).to_owned(),
        value: value.clone(),
        expected,
        example: current.to_string(),
    })?;
    let (source, cursor_path) = ((*source).clone(), (*cursor_path).to_owned());
    Ok(CursorTarget { source, resource: resource.clone(), cursor_path, value })
}

/// Describes the problem of a resource without a cursor in the state.
fn without_cursor(resource: &str, groups: &[SchemaGroup<'_>], state: &State) -> String {
    let known: BTreeSet<&str> = groups.iter().flat_map(|group| group.known_resources(state)).collect();
    if known.contains(resource) {
        return "it has no cursor in the state; set `incremental` and run it once".to_owned();
    }
    if known.is_empty() {
        return "the pipeline has no resources".to_owned();
    }
    format!("the pipeline has no such resource; {}", suggest(resource, &known))
}

/// Describes the problem of an assignment that matches none or several of the cursors `all`, pairs of source and path.
fn not_unique(assignment: &CursorAssignment, all: &BTreeSet<(&str, &str)>) -> String {
    let CursorAssignment { resource, cursor_path, value } = assignment;
    let paths: BTreeSet<&str> = all.iter().map(|(_, path)| *path).collect();
    let sources: BTreeSet<&str> = all.iter().map(|(source, _)| *source).collect();
    match cursor_path {
        Some(path) if !paths.contains(path.as_str()) => format!("it has no cursor `{path}`; {}", suggest(path, &paths)),
        _ if sources.len() > 1 => {
            let sources: Vec<&str> = sources.into_iter().collect();
            format!("the sources `{}` have a resource of this name; restrict the request to one source", sources.join("`, `"))
        }
        _ => {
            let paths: Vec<&str> = paths.into_iter().collect();
            let first = paths.first().copied().unwrap_or_default();
            format!("it has the cursors `{}`; name one, as in `{resource}:{first}={value}`", paths.join("`, `"))
        }
    }
}
