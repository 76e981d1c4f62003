//! Plans of packages: the state and schema of the dataset with the declarations of the resources.

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

/// The plan of a package, before its rows are extracted.
pub(crate) struct PackagePlan {
    /// The source with its table names in the dataset.
    pub(crate) source: Source,
    pub(crate) header: PackageHeader,
    /// The schema for normalization.
    pub(crate) schema: Schema,
    /// The state that the resources resume from.
    pub(crate) state: State,
    /// The cursor entries that exceed the limit of the state.
    pub(crate) boundaries: Boundaries,
    /// The resources without rows in the dataset when the package is loaded.
    pub(crate) without_rows: BTreeSet<String>,
    /// Notes for the report.
    pub(crate) notes: Vec<String>,
}

/// Plans a package of `source`.
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

/// Returns the resources without rows in the dataset after `refresh`.
fn without_rows(source: &Source, schema: &Schema, refresh: &RefreshTables) -> BTreeSet<String> {
    let has_rows = |resource: &Resource| {
        // The schema assigns a shared table to only one of its resources.
        let shared = schema.tables.get(&resource.root_table());
        let mut tables = schema.tables_of(&resource.name).chain(shared);
        tables.any(|table| table.has_seen_data() && !refresh.emptied.contains(&table.name))
    };
    source.resources.iter().filter(|resource| !has_rows(resource)).map(|resource| resource.name.clone()).collect()
}

/// Returns the schema of the dataset, or a new one.
pub(crate) fn schema_or_new(schema: Option<Schema>, name: &str) -> Schema {
    let mut schema = schema.unwrap_or_else(|| Schema::new(name));
    schema.tables.entry(state_table().name).or_insert_with(state_table);
    schema
}

/// Returns the state of the dataset, or a new one.
pub(crate) fn state_or_new(runner: &Runner, state: Option<State>) -> State {
    state.unwrap_or_else(|| State::new(&runner.pipeline, &runner.dataset, runner.destination.kind()))
}

/// Restores the state of the pipeline and a schema from the dataset.
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
        let (cursor, stop) = (key.clone(), stop.clone());
        let reading = move || destination.cursor_entries(&dataset, &pipeline, &cursor, &|| stop.is_cancelled());
        let rows = spawn_blocking(reading).await??;
        boundaries.insert(key, rows);
    }
    Ok(boundaries)
}

/// Returns a creation time later than all loaded and pending packages.
pub(crate) fn next_created_at(runner: &Runner, store: &PackageStore, last: Option<String>) -> Result<i64, RunError> {
    let last_load_id = last.max(store.last_load_id()?);
    Ok(runner.load_ids.next(runner.environment.now(), last_load_id.as_deref()))
}

/// Returns the header of a package created at `created_at`.
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

/// Returns the fingerprint of the definitions of all resources.
fn definition(source: &Source) -> String {
    let definitions = source.resources.iter().filter(|resource| !resource.definition.is_empty());
    let definitions = definitions.map(|resource| (resource.name.as_str(), Value::from(resource.definition.as_str())));
    short_hash::<9>(&Value::object(definitions).to_string())
}

/// Declares the tables of the resources in the schema. Returns the tables of each resource; the first one is the template of
/// the others.
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

/// Sets the naming convention of the run in hints.
fn hints(mut hints: TableHints, transliterate: bool) -> TableHints {
    hints.use_dlt_names = !transliterate;
    for nested in &mut hints.nested {
        nested.hints = self::hints(std::mem::take(&mut nested.hints), transliterate);
    }
    hints
}

/// Returns the tables of a resource with dynamic table names from earlier runs.
fn other_tables(resource: &Resource, schema: &Schema, table: &str) -> Vec<String> {
    if !matches!(resource.table_name, catchment_extract::TableName::PerRow(_)) {
        return Vec::new();
    }
    let roots = schema.tables_of(&resource.name).filter(|other| other.parent.is_none() && other.name != table);
    roots.map(|other| other.name.clone()).collect()
}

/// Returns true if a package changes the dataset even without rows.
pub(crate) fn changes_dataset_without_rows(header: &PackageHeader, schema: &Schema) -> bool {
    let replaces = |(_, table): &(String, String)| schema.write_disposition(table) == WriteDisposition::Replace;
    !header.refresh.is_empty() || header.resources.iter().any(replaces)
}
