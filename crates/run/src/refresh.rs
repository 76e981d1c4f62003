//! Starting over.

use std::collections::BTreeSet;

use catchment_extract::{Source, preserve_dependent_cursors};
use catchment_load_package::RefreshTables;
use catchment_schema::{Schema, Table};
use catchment_state::State;

/// What of earlier runs is removed by a run, in the transaction that loads the new rows. Tables that another pipeline may have
/// loaded stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshMode {
    /// The tables that the pipeline has loaded of the source are dropped, and all that it and its resources keep is forgotten.
    DropSources,
    /// The tables of the resources that are loaded are dropped, and what they keep is forgotten.
    DropResources,
    /// The tables of the resources that are loaded are emptied, and what they keep is forgotten.
    DropData,
}

impl RefreshMode {
    /// All modes.
    pub const ALL: [RefreshMode; 3] = [RefreshMode::DropSources, RefreshMode::DropResources, RefreshMode::DropData];

    /// Its name: `drop_sources`, `drop_resources` or `drop_data`.
    pub fn name(self) -> &'static str {
        match self {
            RefreshMode::DropSources => "drop_sources",
            RefreshMode::DropResources => "drop_resources",
            RefreshMode::DropData => "drop_data",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<RefreshMode> {
        RefreshMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Takes what makes way out of the schema and the state; returns the tables that do. `without_rows` are the resources that
/// have no rows before. What the report says of it goes to `notes`.
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
    tables.iter().for_each(|table| drop(schema.tables.shift_remove(table)));
    RefreshTables { dropped: tables, emptied: Vec::new() }
}

/// The resources that are known to be the pipeline's: those of the source, those that it notes that it has loaded, and those
/// that keep something in its state. Pipelines whose sources have one name share a schema, so that a table is in the schema
/// says nothing.
fn own_resources(source: &Source, state: &State) -> BTreeSet<String> {
    let declared = source.resources.iter().map(|resource| resource.name.as_str());
    let kept = state.source(&source.name).and_then(|kept| kept.get("resources")?.as_object());
    let kept = kept.into_iter().flat_map(|kept| kept.keys().map(String::as_str));
    declared.chain(state.loaded_resources(&source.name)).chain(kept).map(str::to_owned).collect()
}

/// A note on the tables that are kept.
fn kept_note(tables: &[&Table]) -> Option<String> {
    let names: Vec<_> = tables.iter().map(|table| format!("`{}`", table.name)).collect();
    let tables = if names.len() == 1 { "table" } else { "tables" };
    let names = (!names.is_empty()).then(|| names.join(", "))?;
    Some(format!(
        "drop_sources kept {tables} {names}, as there is no record that this pipeline loaded them and another one may have; drop \
         them by hand if they are not needed"
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

    const OTHERS: &str = "drop_sources kept tables `orders`, `orders__items`, `foreign`, as there is no record that this \
                          pipeline loaded them and another one may have; drop them by hand if they are not needed";
    const FOREIGN: &str = "drop_sources kept table `foreign`, as there is no record that this pipeline loaded them and another \
                           one may have; drop them by hand if they are not needed";
    const ALL: [&str; 4] = ["users", "users__tags", "orders", "orders__items"];

    #[test]
    fn a_pipeline_that_starts_over_leaves_tables_of_others_of_the_same_source_name() {
        check(|_| (), &["users", "users__tags"], OTHERS);
        check(|state| state.mark_resource_loaded("other", "orders"), &["users", "users__tags"], OTHERS);
    }

    #[test]
    fn tables_of_resources_that_the_source_has_no_more_are_dropped_with_it() {
        check(|state| state.mark_resource_loaded("rest_api", "orders"), &ALL, FOREIGN);
        check(|state| state.set_resource("rest_api", "orders", Some(catchment_json::Object::new())), &ALL, FOREIGN);
    }

    #[test]
    fn other_modes_take_the_resources_that_are_loaded() {
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
