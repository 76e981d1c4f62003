//! The planner of drops: a pure function of the request, the stored state and the stored schemas.

use std::collections::{BTreeMap, BTreeSet};

use catchment_extract::preserve_dependent_cursors;
use catchment_json::{JsonPath, Object, Value};
use catchment_load_package::RefreshTables;
use catchment_schema::{Schema, Table, WriteDisposition, is_system_table};
use catchment_state::{CursorEntryKey, State};

use super::changes::{CursorChange, DroppedTable, SchemaDrop};
use super::cursor_target::CursorTarget;
use super::error::DropError;
use super::request::DropRequest;
use super::schema_group::{SchemaGroup, schema_groups};
use super::selection::{Selection, select};
use super::{cursor_target, resource_cursors, state_paths};
use crate::plan::{StoredPipeline, drop_tables, schema_or_new, without_rows};

/// The plan of a drop.
#[derive(Debug, Default)]
pub(super) struct PlannedDrop {
    /// The changes of each schema, for display.
    pub(super) schemas: Vec<SchemaDrop>,
    /// The packages to load in this order, one for each element of `schemas`.
    pub(super) packages: Vec<PlannedPackage>,
    /// Warnings, mostly about names that match nothing.
    pub(super) warnings: Vec<String>,
}

/// A package without rows that changes the tables of one schema and the state of its sources.
#[derive(Debug)]
pub(super) struct PlannedPackage {
    /// The name of the schema.
    pub(super) name: String,
    /// The state before, which is that after the previous package.
    pub(super) base_state: State,
    /// The state after.
    pub(super) state: State,
    /// The hash of the stored schema.
    pub(super) base_schema: Option<String>,
    /// The schema after.
    pub(super) schema: Schema,
    /// The tables to drop.
    pub(super) refresh: RefreshTables,
    /// The cursors whose entries outside the state are deleted.
    pub(super) deleted_entries: Vec<CursorEntryKey>,
    /// The affected resources of each source, which must not run at the same time.
    pub(super) resources: BTreeMap<String, BTreeSet<String>>,
}

/// Plans a drop.
///
/// # Errors
///
/// Returns an error if the request is invalid. Names and paths that match nothing are warnings.
pub(super) fn plan(request: &DropRequest, stored: &StoredPipeline, base: &State) -> Result<PlannedDrop, DropError> {
    let groups = schema_groups(stored, base, request.source.as_deref())?;
    let Selection { resources, mut warnings } = select(request, &groups, base);
    let paths = state_paths::parse(&request.state_paths)?;
    let targets = cursor_target::resolve(&request.set_cursors, &groups, base)?;
    let mut has_matched = vec![false; paths.len()];
    let mut planned = PlannedDrop::default();
    let mut state = base.clone();
    for (group, resources) in groups.iter().zip(&resources) {
        let mut change = GroupChange { group, request, before: &state, after: state.clone(), deleted: Vec::new() };
        change.delete_paths(&paths, &mut has_matched)?;
        change.drop_resources(resources);
        warnings.extend(change.set_cursors(&targets, resources));
        if let Some((shown, package)) = change.finish(resources) {
            state = package.state.clone();
            planned.schemas.push(shown);
            planned.packages.push(package);
        }
    }
    let missing = request.state_paths.iter().zip(has_matched).filter(|(_, has_matched)| !has_matched);
    warnings.extend(missing.map(|(path, _)| format!("state path `{path}` matches nothing in the state of any source")));
    planned.warnings = warnings;
    Ok(planned)
}

/// The change of a schema and of the state of its sources.
struct GroupChange<'p> {
    group: &'p SchemaGroup<'p>,
    request: &'p DropRequest,
    before: &'p State,
    after: State,
    /// The positions of the deleted values.
    deleted: Vec<String>,
}

impl GroupChange<'_> {
    fn delete_paths(&mut self, paths: &[JsonPath], has_matched: &mut [bool]) -> Result<(), DropError> {
        for source in &self.group.sources {
            let Some(source_state) = self.after.source(source) else { continue };
            let deletion = state_paths::delete(source_state, paths)?;
            has_matched.iter_mut().zip(&deletion.has_matched).for_each(|(all, this)| *all |= this);
            if !deletion.deleted.is_empty() {
                self.after.set_source(source, deletion.remaining);
            }
            let position = position(&["sources", source]);
            self.deleted.extend(deletion.deleted.iter().map(|deleted| match deleted.as_str() {
                "$" => position.clone(),
                deleted if deleted.starts_with('[') => format!("{position}{deleted}"),
                deleted => format!("{position}.{deleted}"),
            }));
        }
        Ok(())
    }

    fn drop_resources(&mut self, resources: &BTreeSet<String>) {
        self.preserve_dependents(resources);
        for source in &self.group.sources {
            for resource in resources {
                if self.after.resource(source, resource).is_some() {
                    self.deleted.push(position(&["sources", source, "resources", resource]));
                }
                if !self.request.state_only {
                    self.after.drop_resource(source, resource);
                } else if self.after.resource(source, resource).is_some() {
                    self.after.set_resource(source, resource, None);
                }
            }
        }
    }

    /// Records the cursors of dropped parent resources for dependent resources that are kept.
    fn preserve_dependents(&mut self, resources: &BTreeSet<String>) {
        let Some(definition) = self.request.definition.as_ref().filter(|source| self.group.sources.contains(&source.name)) else {
            return;
        };
        let dropped = definition.resources.iter().map(|resource| resource.name.clone()).filter(|name| resources.contains(name));
        if let (Some(schema), Ok(selected)) = (self.group.schema, definition.clone().select(dropped.collect::<Vec<_>>())) {
            let without_rows = without_rows(&selected, schema, &RefreshTables::default());
            preserve_dependent_cursors(&selected, &mut self.after, &without_rows);
        }
    }

    /// Sets cursor values. Returns warnings.
    fn set_cursors(&mut self, targets: &[CursorTarget], dropped: &BTreeSet<String>) -> Vec<String> {
        let mut warnings = Vec::new();
        for target in targets.iter().filter(|target| self.group.sources.contains(&target.source)) {
            let CursorTarget { source, resource, cursor_path, value } = target;
            let restarted = resource_cursors::restart(self.after.resource(source, resource), cursor_path, value);
            self.after.set_resource(source, resource, Some(restarted));
            let keeps_rows = self.request.state_only || !dropped.contains(resource);
            if let Some(table) = self.appended_table(resource).filter(|_| keeps_rows) {
                warnings.push(format!(
                    "resource `{resource}` appends rows: the next run appends rows from {value} on again, even if table \
                     `{table}` already has them"
                ));
            }
        }
        warnings
    }

    /// Returns a root table with rows of the resource to which rows are appended.
    fn appended_table<'t>(&'t self, resource: &'t str) -> Option<&'t str> {
        let mut tables = self.group.schema?.tables_of(resource);
        let is_appended = |table: &&Table| table.write_disposition == Some(WriteDisposition::Append) && table.has_seen_data();
        tables.find(is_appended).map(|table| table.name.as_str())
    }

    /// Returns the changes for display and the package, or `None` if nothing changes.
    fn finish(mut self, resources: &BTreeSet<String>) -> Option<(SchemaDrop, PlannedPackage)> {
        let tables = if self.request.state_only { Vec::new() } else { self.tables_of(resources) };
        if tables.is_empty() && self.after == *self.before {
            return None;
        }
        if self.after != *self.before {
            self.after.update_version();
        }
        let base_schema = self.group.schema.and_then(|schema| schema.version_hash.clone());
        let mut schema = schema_or_new(self.group.schema.cloned(), &self.group.name);
        let refresh = drop_tables(&mut schema, tables.iter().map(|table| table.name.clone()).collect());
        schema.update_version();
        let shown = SchemaDrop {
            schema: self.group.name.clone(),
            resources: resources.iter().cloned().collect(),
            tables,
            cursors: self.cursor_changes(),
            state: std::mem::take(&mut self.deleted),
        };
        let package = PlannedPackage {
            name: self.group.name.clone(),
            deleted_entries: self.deleted_entries(),
            resources: self.affected_resources(resources),
            base_state: self.before.clone(),
            state: self.after,
            base_schema,
            schema,
            refresh,
        };
        Some((shown, package))
    }

    fn tables_of(&self, resources: &BTreeSet<String>) -> Vec<DroppedTable> {
        let Some(schema) = self.group.schema else { return Vec::new() };
        let tables = resources.iter().flat_map(|resource| schema.tables_of(resource));
        let tables = tables.filter(|table| !is_system_table(&table.name));
        tables.map(|table| DroppedTable { name: table.name.clone(), has_rows: table.has_seen_data() }).collect()
    }

    fn cursor_changes(&self) -> Vec<CursorChange> {
        let mut changes = Vec::new();
        for (source, resource) in self.all_resources() {
            let [before, after] = [self.before, &self.after].map(|state| cursors_by_path(state, source, resource));
            let paths: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
            for path in paths.into_iter().filter(|path| before.get(path) != after.get(path)) {
                changes.push(CursorChange {
                    source: source.to_owned(),
                    resource: resource.to_owned(),
                    cursor_path: path.to_owned(),
                    old_value: before.get(path).map(|cursor| resource_cursors::start_of(cursor)).unwrap_or_default(),
                    new_value: after.get(path).map(|cursor| resource_cursors::start_of(cursor)),
                });
            }
        }
        changes
    }

    fn deleted_entries(&self) -> Vec<CursorEntryKey> {
        let entries = |state: &State| -> BTreeSet<CursorEntryKey> {
            let resources = self.all_resources();
            let entries = resources.into_iter().filter_map(|(source, resource)| {
                Some(resource_cursors::entries_in_tables(source, resource, state.resource(source, resource)?))
            });
            entries.flatten().collect()
        };
        entries(self.before).difference(&entries(&self.after)).cloned().collect()
    }

    /// Returns the dropped resources and those whose state changes. A value of a source concerns all its resources.
    fn affected_resources(&self, dropped: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<String>> {
        let mut affected: BTreeMap<String, BTreeSet<String>> =
            self.group.sources.iter().map(|source| (source.clone(), dropped.clone())).collect();
        if affected.is_empty() {
            affected.insert(self.group.name.clone(), dropped.clone());
        }
        for (source, resource) in self.all_resources() {
            let [before, after] = [self.before, &self.after].map(|state| state.resource(source, resource));
            let is_affected = before != after || values_of_source(self.before, source) != values_of_source(&self.after, source);
            if let Some(of_source) = affected.get_mut(source).filter(|_| is_affected) {
                of_source.insert(resource.to_owned());
            }
        }
        affected
    }

    /// Returns pairs of source and resource, before or after the change.
    fn all_resources(&self) -> BTreeSet<(&str, &str)> {
        let of_state = |state| {
            let known = self.group.known_resources(state);
            self.group
                .sources
                .iter()
                .flat_map(move |source| known.clone().into_iter().map(|resource| (source.as_str(), resource)))
        };
        of_state(self.before).chain(of_state(&self.after)).collect()
    }
}

/// Returns the cursors of a resource by path.
fn cursors_by_path<'s>(state: &'s State, source: &str, resource: &str) -> BTreeMap<&'s str, &'s Object> {
    state.resource(source, resource).into_iter().flat_map(resource_cursors::cursors).collect()
}

/// Returns the values of a source beside `resources`.
fn values_of_source<'s>(state: &'s State, source: &str) -> BTreeMap<&'s str, &'s Value> {
    let values = state.source(source).into_iter().flatten().map(|(key, value)| (key.as_str(), value));
    values.filter(|(key, _)| *key != "resources").collect()
}

/// Returns the position of nested keys in the state.
fn position(keys: &[&str]) -> String {
    keys.iter().fold(String::new(), |position, key| state_paths::join(&position, key))
}
