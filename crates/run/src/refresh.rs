//! Starting over.

use std::collections::BTreeSet;

use catchment_extract::{Source, keep_fed};
use catchment_load_package::Refresh;
use catchment_schema::Schema;
use catchment_state::State;

/// What of earlier runs makes way for a run. It does so in the transaction that loads the new rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshMode {
    /// All tables of the source are dropped, and all that it and its resources keep is forgotten.
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
/// have no rows before.
pub(crate) fn refresh(
    mode: Option<RefreshMode>,
    source: &Source,
    schema: &mut Schema,
    state: &mut State,
    without_rows: &BTreeSet<String>,
) -> Refresh {
    let Some(mode) = mode else { return Refresh::default() };
    let tables: Vec<String> = if mode == RefreshMode::DropSources {
        state.drop_source(&source.name);
        schema.data_tables().map(|table| table.name.clone()).collect()
    } else {
        keep_fed(source, state, without_rows);
        source.loaded().for_each(|resource| state.set_resource(&source.name, &resource.name, None));
        let tables = source.loaded().flat_map(|resource| schema.tables_of(&resource.name));
        tables.map(|table| table.name.clone()).collect()
    };
    if mode == RefreshMode::DropData {
        return Refresh { emptied: tables, dropped: Vec::new() };
    }
    tables.iter().for_each(|table| drop(schema.tables.shift_remove(table)));
    Refresh { dropped: tables, emptied: Vec::new() }
}
