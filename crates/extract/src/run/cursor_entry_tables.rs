//! Cursor entries that are stored in tables, because they exceed the size limit of the state.

use catchment_json::Object;
use catchment_schema::WriteDisposition;
use catchment_state::{CursorEntry, CursorEntryKey, CursorEntryKind, State};

use super::outcome::Boundaries;
use crate::incremental::{ParentCursors, has_parents_in_table, overflow_key};
use crate::resource::ParentKey;
use crate::{Incremental, Resource, Source};

/// The cursor entries of a resource in tables.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CursorEntryTables<'b> {
    /// Boundary rows of its cursor.
    pub(super) rows: &'b [CursorEntry],
    /// Cursors of its parent rows.
    pub(super) parents: &'b [CursorEntry],
}

impl<'b> CursorEntryTables<'b> {
    /// Returns the entries of `boundaries` to which the state of the resource refers.
    pub(super) fn of(boundaries: &'b Boundaries, source: &Source, state: &State, resource: &Resource) -> CursorEntryTables<'b> {
        let entries =
            |key: Option<CursorEntryKey>| key.and_then(|key| boundaries.get(&key)).map(Vec::as_slice).unwrap_or_default();
        CursorEntryTables {
            rows: entries(rows_key(source, state, resource)),
            parents: entries(parents_key(source, state, resource)),
        }
    }
}

/// Returns the cursors of `source` that have entries in tables, according to `state`.
pub fn overflowing_entries(source: &Source, state: &State) -> Vec<CursorEntryKey> {
    let keys = |resource| [rows_key(source, state, resource), parents_key(source, state, resource)];
    source.resources.iter().flat_map(keys).flatten().collect()
}

fn rows_key(source: &Source, state: &State, resource: &Resource) -> Option<CursorEntryKey> {
    let path = resource.incremental.as_ref()?.cursor_path.as_str();
    overflow_key(state, &source.name, &resource.name, path)
}

fn parents_key(source: &Source, state: &State, resource: &Resource) -> Option<CursorEntryKey> {
    let (key, incremental) = cursor_per_parent(resource)?;
    let (resource_state, path) = (state.resource(&source.name, &resource.name)?, incremental.cursor_path.as_str());
    let is_in_table = has_parents_in_table(resource_state, path, &key.definition);
    is_in_table.then(|| CursorEntryKey::new(CursorEntryKind::Parents, &source.name, &resource.name, path))
}

/// Returns the parent key and the cursor of a resource with a cursor for each parent row.
fn cursor_per_parent(resource: &Resource) -> Option<(&ParentKey, &Incremental)> {
    let (key, incremental) = (resource.parent_key.as_ref()?, resource.incremental.as_ref()?);
    let is_kept = incremental.end_value.is_none() && resource.write_disposition != WriteDisposition::Replace;
    (is_kept && resource.parent().is_some()).then_some((key, incremental))
}

/// Restores the parent cursors of a resource that has a cursor for each parent row. Also returns a warning if the table
/// does not match the state.
pub(super) fn parents<'r>(
    source: &'r Source,
    resource: &'r Resource,
    resource_state: Option<&Object>,
    in_tables: CursorEntryTables<'_>,
) -> (Option<ParentCursors<'r>>, Option<String>) {
    let Some((key, incremental)) = cursor_per_parent(resource) else { return (None, None) };
    let rows = (resource.boundary_rows(), resource.primary_key.as_slice());
    let in_tables = (in_tables.parents, !in_tables.rows.is_empty());
    ParentCursors::new((&source.name, &resource.name), incremental, rows, &key.definition, resource_state, in_tables)
}
