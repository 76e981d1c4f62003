//! Plans of packages: the state and schema of the dataset with the declarations of the resources.

use std::collections::BTreeSet;

use catchment_extract::{Boundaries, Incremental, Resource, Source, overflowing_entries};
use catchment_json::Value;
use catchment_load::Restored;
use catchment_load_package::{PackageHeader, PackageStore, RefreshTables};
use catchment_schema::{InvalidHints, Schema, TableHints, WriteDisposition, naming, short_hash, state_table};
use catchment_state::State;

use super::load_id::{self, LoadIdGenerator};
use super::refresh::{RefreshMode, refresh};
use super::stored_dataset::StoredDataset;
use super::{table_conflicts, table_names};
use crate::environment::RunEnvironment;
use crate::error::RunError;
use crate::working_dir::SchemaFiles;

/// Plans the packages of a pipeline.
pub(crate) struct Planner<'r> {
    pub(crate) stored: StoredDataset<'r>,
    pub(crate) store: &'r PackageStore,
    pub(crate) schema_files: &'r SchemaFiles,
    pub(crate) environment: &'r dyn RunEnvironment,
    pub(crate) load_ids: &'r LoadIdGenerator,
    pub(crate) refresh: Option<RefreshMode>,
    /// Whether names are transliterated, or replaced as in dlt.
    pub(crate) transliterate: bool,
}

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

impl Planner<'_> {
    /// Plans a package of `source`.
    pub(crate) async fn plan(&self, source: &Source) -> Result<PackagePlan, RunError> {
        let schema_name = naming::normalize_identifier(&source.name);
        let restored = self.stored.restore(&schema_name, Some(source)).await?;
        let Restored { state, schema, last_load_id, mut cursor_entries } = restored;
        let base_schema = schema.as_ref().and_then(|schema| schema.version_hash.clone());
        let schema = self.schema_files.import(&schema_name, schema)?;
        let mut schema = schema_or_new(schema, &schema_name);
        let base_state = self.stored.state_or_new(state);
        let mut state = base_state.clone();
        let before = without_rows(source, &schema, &RefreshTables::default());
        let mut notes = Vec::new();
        let refresh = refresh(self.refresh, source, (&mut schema, &mut state), &before, &mut notes);
        let in_tables = overflowing_entries(source, &state).into_iter();
        let boundaries = in_tables.map(|key| (key.clone(), cursor_entries.remove(&key).unwrap_or_default())).collect();
        let created_at = self.next_created_at(last_load_id)?;
        let named = table_names::with_dataset_table_names(source, &schema, self.transliterate);
        let without_rows = without_rows(&named, &schema, &refresh);
        table_conflicts::check_table_conflicts(source, &named, &schema, self.refresh)?;
        let resources = declare_tables(&named, self.transliterate, &mut schema)?;
        let header = PackageHeader {
            resources,
            fingerprint: fingerprint(source),
            refresh,
            ..self.header(created_at, &source.name, base_state, base_schema)
        };
        Ok(PackagePlan { source: named, header, schema, state, boundaries, without_rows, notes })
    }

    /// Returns a creation time later than all loaded and pending packages.
    pub(crate) fn next_created_at(&self, last: Option<String>) -> Result<i64, RunError> {
        let last_load_id = last.max(self.store.last_load_id()?);
        Ok(self.load_ids.next(self.environment.now(), last_load_id.as_deref()))
    }

    /// Returns the header of a package without resources, created at `created_at`.
    pub(crate) fn header(&self, created_at: i64, source: &str, base_state: State, base_schema: Option<String>) -> PackageHeader {
        PackageHeader {
            load_id: load_id::format_load_id(created_at),
            created_at,
            dataset: self.stored.dataset.to_owned(),
            source: source.to_owned(),
            resources: Vec::new(),
            fingerprint: String::new(),
            base_state,
            base_schema,
            refresh: RefreshTables::default(),
        }
    }
}

/// Returns the resources without rows in the dataset after `refresh`.
pub(crate) fn without_rows(source: &Source, schema: &Schema, refresh: &RefreshTables) -> BTreeSet<String> {
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

/// Returns the fingerprint of all resources: of what determines which rows a run requests and how it loads them. A run
/// resumes the pages of another run only if both have the same fingerprint.
fn fingerprint(source: &Source) -> String {
    let number = |limit: Option<u64>| limit.map(|limit| limit.to_string());
    let properties = |resource: &Resource| {
        let cursor = resource.incremental.as_ref();
        let initial = |cursor: &Incremental| cursor.initial_value.clone().filter(|_| !cursor.is_initial_value_relative());
        let range = cursor.map(|cursor| [initial(cursor), cursor.end_value.clone()]);
        Value::Array(vec![
            Value::from(resource.definition.as_str()),
            Value::from(resource.write_disposition.name()),
            Value::from(number(resource.limit.rows)),
            Value::from(number(resource.limit.pages)),
            Value::Array(range.into_iter().flatten().map(Value::from).collect()),
        ])
    };
    let resources = source.resources.iter().map(|resource| (resource.name.as_str(), properties(resource)));
    short_hash::<9>(&Value::object(resources).to_string())
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
