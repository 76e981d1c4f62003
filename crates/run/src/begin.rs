//! What a package begins with: the state and the schema of the dataset, and what the resources declare.

use catchment_extract::Source;
use catchment_load::Restored;
use catchment_load_package::{Begin, PackageStore};
use catchment_schema::{DeclareError, Schema, WriteDisposition, naming, state_table};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::load_id;
use crate::runner::Runner;

/// A package before it has rows, and the schema that its rows are normalised by.
pub(crate) async fn begin(
    runner: &Runner,
    store: &PackageStore,
    source: &Source,
    stop: &CancellationToken,
) -> Result<(Begin, Schema), RunError> {
    let schema_name = naming::normalize_identifier(&source.name);
    let (destination, dataset, pipeline, name) =
        (runner.destination.clone(), runner.dataset.clone(), runner.pipeline.clone(), schema_name.clone());
    let stop = stop.clone();
    let restoring = tokio::task::spawn_blocking(move || destination.restore(&dataset, &pipeline, &name, &|| stop.is_cancelled()));
    let Restored { state, schema, last_load_id } = restoring.await.map_err(|_| RunError::Panicked)??;
    let base_schema = schema.as_ref().and_then(|schema| schema.version_hash.clone());
    let schema = runner.schema_files.import(&schema_name, schema)?;
    let mut schema = schema.unwrap_or_else(|| Schema::new(&schema_name));
    schema.tables.entry(state_table().name).or_insert_with(state_table);
    // Later than all that is in the dataset, and than what waits to be.
    let last_load_id = last_load_id.max(store.last_load_id()?);
    let created_at = load_id::next(runner.host.now(), last_load_id.as_deref());
    let begin = Begin {
        load_id: load_id::text(created_at),
        created_at,
        dataset: runner.dataset.clone(),
        source: source.name.clone(),
        resources: declare(source, &mut schema)?,
        base_state: state.unwrap_or_else(|| State::new(&runner.pipeline, &runner.dataset, runner.destination.kind())),
        base_schema,
    };
    Ok((begin, schema))
}

/// Writes what the resources say of their tables into the schema; returns the table of each.
fn declare(source: &Source, schema: &mut Schema) -> Result<Vec<(String, String)>, DeclareError> {
    if let Some(contract) = source.schema_contract {
        schema.set_contract(contract);
    }
    let declare = |resource: &catchment_extract::Resource| {
        let table = resource.root_table();
        schema.declare(&table, &resource.name, &resource.hints())?;
        Ok((resource.name.clone(), table))
    };
    source.loaded().map(declare).collect()
}

/// Whether a table of the package is replaced, so that it changes the dataset also where it has no rows.
pub(crate) fn replaces(begin: &Begin, schema: &Schema) -> bool {
    begin.resources.iter().any(|(_, table)| schema.write_disposition(table) == WriteDisposition::Replace)
}
