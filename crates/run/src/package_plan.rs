//! What a package begins with: the state and the schema of the dataset, and what the resources declare.

use std::collections::BTreeSet;

use catchment_extract::{Boundaries, Resource, Source, overflowing_entries};
use catchment_json::Value;
use catchment_load::Restored;
use catchment_load_package::{PackageHeader, PackageStore, RefreshTables};
use catchment_schema::{InvalidHints, Schema, TableHints, WriteDisposition, naming, short_hash, state_table};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::load_id;
use crate::refresh::refresh;
use crate::runner::Runner;
use crate::threads::spawn_blocking;
use crate::{table_conflicts, table_names};

/// A package before it has rows.
pub(crate) struct PackagePlan {
    /// The source with the names that its tables have in the dataset.
    pub(crate) source: Source,
    pub(crate) header: PackageHeader,
    /// The schema that its rows are normalised by.
    pub(crate) schema: Schema,
    /// The state that its resources go on from.
    pub(crate) state: State,
    /// The entries of their cursors that the state has no room for.
    pub(crate) boundaries: Boundaries,
    /// The resources of which the dataset has no rows when the package is loaded.
    pub(crate) without_rows: BTreeSet<String>,
    /// What the report says of how it began.
    pub(crate) notes: Vec<String>,
}

/// Begins a package of `source`.
pub(crate) async fn plan_package(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    stop: &CancellationToken,
) -> Result<PackagePlan, RunError> {
    let schema_name = naming::normalize_identifier(&source.name);
    let Restored { state, schema, last_load_id } = restore(runner, &schema_name, stop).await?;
    let base_schema = schema.as_ref().and_then(|schema| schema.version_hash.clone());
    let schema = runner.schema_files.import(&schema_name, schema)?;
    let mut schema = schema_or_new(schema, &schema_name);
    let base_state = state_or_new(runner, state);
    let mut state = base_state.clone();
    let before = without_rows(source, &schema, &RefreshTables::default());
    let mut notes = Vec::new();
    let refresh = refresh(runner.options.refresh, source, (&mut schema, &mut state), &before, &mut notes);
    let boundaries = fetch_cursor_entries(runner, source, &state, stop).await?;
    let created_at = next_created_at(runner, store, last_load_id)?;
    let transliterate = runner.options.normalize.transliterate;
    let named = table_names::with_dataset_table_names(source, &schema, transliterate);
    let without_rows = without_rows(&named, &schema, &refresh);
    table_conflicts::check_table_conflicts(source, &named, &schema, runner.options.refresh)?;
    let resources = declare_tables(&named, transliterate, &mut schema)?;
    let header = package_header(runner, created_at, &source.name, resources, base_state, base_schema, refresh);
    let header = PackageHeader { fingerprint: definition(source), ..header };
    Ok(PackagePlan { source: named, header, schema, state, boundaries, without_rows, notes })
}

/// The resources of which the dataset has no rows, or none when `refresh` is through.
fn without_rows(source: &Source, schema: &Schema, refresh: &RefreshTables) -> BTreeSet<String> {
    let has_rows = |resource: &Resource| {
        // A table that several resources share is that of one of them.
        let shared = schema.tables.get(&resource.root_table());
        let mut tables = schema.tables_of(&resource.name).chain(shared);
        tables.any(|table| table.has_seen_data() && !refresh.emptied.contains(&table.name))
    };
    source.resources.iter().filter(|resource| !has_rows(resource)).map(|resource| resource.name.clone()).collect()
}

/// The schema that the dataset has, or a new one.
pub(crate) fn schema_or_new(schema: Option<Schema>, name: &str) -> Schema {
    let mut schema = schema.unwrap_or_else(|| Schema::new(name));
    schema.tables.entry(state_table().name).or_insert_with(state_table);
    schema
}

/// The state that the dataset has, or a new one.
pub(crate) fn state_or_new(runner: &Runner, state: Option<State>) -> State {
    state.unwrap_or_else(|| State::new(&runner.pipeline, &runner.dataset, runner.destination.kind()))
}

/// What the dataset knows of the pipeline and of a schema.
pub(crate) async fn restore(runner: &Runner, schema: &str, stop: &CancellationToken) -> Result<Restored, RunError> {
    let (destination, dataset, pipeline) = (runner.destination.clone(), runner.dataset.clone(), runner.pipeline.clone());
    let (schema, stop) = (schema.to_owned(), stop.clone());
    let restoring = move || destination.restore(&dataset, &pipeline, &schema, &|| stop.is_cancelled());
    Ok(spawn_blocking(restoring).await??)
}

async fn fetch_cursor_entries(
    runner: &Runner,
    source: &Source,
    state: &State,
    stop: &CancellationToken,
) -> Result<Boundaries, RunError> {
    let mut boundaries = Boundaries::new();
    for key in overflowing_entries(source, state) {
        let (destination, dataset, pipeline) = (runner.destination.clone(), runner.dataset.clone(), runner.pipeline.clone());
        let (of, stop) = (key.clone(), stop.clone());
        let reading = move || destination.cursor_entries(&dataset, &pipeline, &of, &|| stop.is_cancelled());
        let rows = spawn_blocking(reading).await??;
        boundaries.insert(key, rows);
    }
    Ok(boundaries)
}

/// A moment later than all that is in the dataset, and than what waits to be.
pub(crate) fn next_created_at(runner: &Runner, store: &PackageStore, last: Option<String>) -> Result<i64, RunError> {
    let last_load_id = last.max(store.last_load_id()?);
    Ok(runner.load_ids.next(runner.environment.now(), last_load_id.as_deref()))
}

/// The beginning of a package that is made at `next_created_at`.
pub(crate) fn package_header(
    runner: &Runner,
    created_at: i64,
    source: &str,
    resources: Vec<(String, String)>,
    base_state: State,
    base_schema: Option<String>,
    refresh: RefreshTables,
) -> PackageHeader {
    PackageHeader {
        load_id: load_id::format_load_id(created_at),
        created_at,
        dataset: runner.dataset.clone(),
        source: source.to_owned(),
        resources,
        fingerprint: String::new(),
        base_state,
        base_schema,
        refresh,
    }
}

/// What the rows of the loaded resources, and of those that feed them, are made of.
fn definition(source: &Source) -> String {
    let definitions = source.resources.iter().filter(|resource| !resource.definition.is_empty());
    let definitions = definitions.map(|resource| (resource.name.as_str(), Value::from(resource.definition.as_str())));
    short_hash::<9>(&Value::object(definitions).to_string())
}

/// Writes what the resources say of their tables into the schema; returns the tables of each, first the one that all of
/// them are like.
fn declare_tables(source: &Source, transliterate: bool, schema: &mut Schema) -> Result<Vec<(String, String)>, InvalidHints> {
    if let Some(contract) = source.schema_contract {
        schema.set_contract(contract);
    }
    let mut declared = Vec::new();
    for resource in source.selected_resources() {
        let (table, hints) = (resource.root_table(), hints(resource.hints(), transliterate));
        schema.declare(&table, &resource.name, &hints)?;
        declared.push((resource.name.clone(), table.clone()));
        for other in other_tables(resource, schema, &table) {
            schema.declare(&other, &resource.name, &hints)?;
            declared.push((resource.name.clone(), other));
        }
    }
    Ok(declared)
}

/// The hints by which names are normalised as the run does it.
fn hints(mut hints: TableHints, transliterate: bool) -> TableHints {
    hints.use_dlt_names = !transliterate;
    for nested in &mut hints.nested {
        nested.hints = self::hints(std::mem::take(&mut nested.hints), transliterate);
    }
    hints
}

/// The tables that rows of the resource went to in earlier runs, where each row says which.
fn other_tables(resource: &Resource, schema: &Schema, table: &str) -> Vec<String> {
    if !matches!(resource.table_name, catchment_extract::TableName::PerRow(_)) {
        return Vec::new();
    }
    let roots = schema.tables_of(&resource.name).filter(|other| other.parent.is_none() && other.name != table);
    roots.map(|other| other.name.clone()).collect()
}

/// Whether a package changes the dataset also where it has no rows.
pub(crate) fn changes_dataset_without_rows(header: &PackageHeader, schema: &Schema) -> bool {
    let replaces = |(_, table): &(String, String)| schema.write_disposition(table) == WriteDisposition::Replace;
    !header.refresh.is_empty() || header.resources.iter().any(replaces)
}
