//! Refresh: removal of the data and state of earlier runs.

use std::collections::BTreeSet;

use catchment_extract::{Source, preserve_dependent_cursors};
use catchment_load_package::RefreshTables;
use catchment_schema::{Schema, Table};
use catchment_state::State;

/// The data and state of earlier runs that a run removes, in the transaction that loads the new rows. Tables that another
/// pipeline may have loaded are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshMode {
    /// Drops the tables that the pipeline has loaded from the source, and deletes the state of the source and its resources.
    DropSources,
    /// Drops the tables of the selected resources and deletes their state.
    DropResources,
    /// Empties the tables of the selected resources and deletes their state.
    DropData,
}

impl RefreshMode {
    /// All modes.
    pub const ALL: [RefreshMode; 3] = [RefreshMode::DropSources, RefreshMode::DropResources, RefreshMode::DropData];

    /// Returns the name: `drop_sources`, `drop_resources` or `drop_data`.
    pub fn name(self) -> &'static str {
        match self {
            RefreshMode::DropSources => "drop_sources",
            RefreshMode::DropResources => "drop_resources",
            RefreshMode::DropData => "drop_data",
        }
    }

    /// Returns the mode with this name, or `None` if it is unknown.
    pub fn from_name(name: &str) -> Option<RefreshMode> {
        RefreshMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Removes refreshed tables and state from the schema and the state, and returns the tables to drop or empty. `without_rows`
/// are the resources without rows before the refresh. Adds notes for the report to `notes`.
pub(crate) fn refresh(
    mode: Option<RefreshMode>,
    source: &Source,
    (schema, state): (&mut Schema, &mut State),
    without_rows: &BTreeSet<String>,
    notes: &mut Vec<String>,
) -> RefreshTables {
    let Some(mode) = mode else { return RefreshTables::default() };
    let tables: Vec<String> = if mode == RefreshMode::DropSources {
        let own = own_resources(source, state);
        state.drop_source(&source.name);
        let is_own = |table: &&Table| schema.resource_of(&table.name).is_some_and(|resource| own.contains(resource));
        let (own, others): (Vec<_>, Vec<_>) = schema.data_tables().partition(is_own);
        notes.extend(kept_note(&others));
        own.into_iter().map(|table| table.name.clone()).collect()
    } else {
        preserve_dependent_cursors(source, state, without_rows);
        source.selected_resources().for_each(|resource| state.set_resource(&source.name, &resource.name, None));
        let tables = source.selected_resources().flat_map(|resource| schema.tables_of(&resource.name));
        tables.map(|table| table.name.clone()).collect()
    };
    if mode == RefreshMode::DropData {
        return RefreshTables { emptied: tables, dropped: Vec::new() };
    }
    drop_tables(schema, tables)
}

/// Removes `tables` from the schema and returns them as tables to drop.
pub(crate) fn drop_tables(schema: &mut Schema, tables: Vec<String>) -> RefreshTables {
    tables.iter().for_each(|table| drop(schema.tables.shift_remove(table)));
    RefreshTables { dropped: tables, emptied: Vec::new() }
}

/// Returns the resources that belong to the pipeline: those of the source, those recorded as loaded, and those with state.
///
/// The schema alone is not sufficient, because pipelines with sources of the same name share a schema.
fn own_resources(source: &Source, state: &State) -> BTreeSet<String> {
    let declared = source.resources.iter().map(|resource| resource.name.as_str());
    declared.chain(state.known_resources(&source.name)).map(str::to_owned).collect()
}

/// Returns a note about the tables that are not dropped, if any.
fn kept_note(tables: &[&Table]) -> Option<String> {
    let names: Vec<_> = tables.iter().map(|table| format!("`{}`", table.name)).collect();
    let tables = if names.len() == 1 { "table" } else { "tables" };
    let names = (!names.is_empty()).then(|| names.join(", "))?;
    Some(format!(
        "drop_sources kept {tables} {names}: this pipeline has no record of loading them, and another pipeline may have loaded \
         them; drop them manually if they are not needed"
    ))
}

#[cfg(test)]
mod tests {
    use catchment_extract::{Resource, Source};
    use catchment_schema::{Schema, Table};
    use catchment_state::State;

    use std::collections::BTreeSet;

    use super::{RefreshMode, refresh};

    fn schema() -> Schema {
        let mut schema = Schema::new("rest_api");
        let mut foreign = Table::root("foreign", "");
        foreign.resource = None;
        let tables = [
            Table::root("users", "users"),
            Table::child("users__tags", "users"),
            Table::root("orders", "orders"),
            Table::child("orders__items", "orders"),
            foreign,
        ];
        schema.tables.extend(tables.map(|table| (table.name.clone(), table)));
        schema
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut State), dropped: &[&str], note: &str) {
        let source = Source::new("rest_api").with_resource(Resource::rows("users", [1]));
        let (mut schema, mut state, mut notes) = (schema(), State::new("p", "d", "t"), Vec::new());
        change(&mut state);
        let refreshed = refresh(Some(RefreshMode::DropSources), &source, (&mut schema, &mut state), &BTreeSet::new(), &mut notes);
        assert_eq!(refreshed.dropped, dropped);
        assert!(refreshed.emptied.is_empty() && dropped.iter().all(|table| !schema.tables.contains_key(*table)));
        assert!(schema.tables.contains_key("foreign") && state.loaded_resources("rest_api").is_empty());
        assert_eq!(notes, [note]);
    }

    const OTHERS: &str = "drop_sources kept tables `orders`, `orders__items`, `foreign`: this pipeline has no record of loading \
                          them, and another pipeline may have loaded them; drop them manually if they are not needed";
    const FOREIGN: &str = "drop_sources kept table `foreign`: this pipeline has no record of loading them, and another \
                           pipeline may have loaded them; drop them manually if they are not needed";
    const ALL: [&str; 4] = ["users", "users__tags", "orders", "orders__items"];

    #[test]
    fn drop_sources_keeps_tables_of_other_pipelines() {
        check(|_| (), &["users", "users__tags"], OTHERS);
        check(|state| state.mark_resource_loaded("other", "orders"), &["users", "users__tags"], OTHERS);
    }

    #[test]
    fn drop_sources_drops_tables_of_removed_resources() {
        check(|state| state.mark_resource_loaded("rest_api", "orders"), &ALL, FOREIGN);
        check(|state| state.set_resource("rest_api", "orders", Some(catchment_json::Object::new())), &ALL, FOREIGN);
    }

    #[test]
    fn other_modes_refresh_the_selected_resources() {
        let source = Source::new("rest_api").with_resource(Resource::rows("users", [1]));
        let (mut schema, mut state, mut notes) = (schema(), State::new("p", "d", "t"), Vec::new());
        let emptied =
            refresh(Some(RefreshMode::DropData), &source, (&mut schema, &mut state), &BTreeSet::new(), &mut notes).emptied;
        let dropped =
            refresh(Some(RefreshMode::DropResources), &source, (&mut schema, &mut state), &BTreeSet::new(), &mut notes).dropped;
        assert_eq!(
            (emptied, dropped),
            (vec!["users".to_owned(), "users__tags".to_owned()], ALL[..2].iter().map(ToString::to_string).collect())
        );
        assert!(notes.is_empty() && schema.tables.contains_key("orders__items"));
    }
}
