//! System tables of a dataset.

use catchment_load_package::SealedPackage;
use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, VERSION_TABLE, loads_table, state_table, version_table};
use catchment_state::State;

use super::snapshot::DatasetSnapshot;
use crate::sql::{DatasetName, Statement, create_table, delete_schema, insert_load, insert_schema, insert_state};
use crate::{Dialect, LoadError};

/// Plans to create the dataset and its system tables if they are missing.
pub(super) fn create_missing(dialect: &dyn Dialect, dataset: &DatasetName, snapshot: &DatasetSnapshot) -> Vec<Statement> {
    let tables = [(VERSION_TABLE, version_table()), (LOADS_TABLE, loads_table()), (STATE_TABLE, state_table())];
    let missing = tables.into_iter().filter(|(name, _)| !snapshot.tables.has(name));
    let create = |(name, table)| {
        Statement::new(format!("create table `{name}`"), create_table(dialect, &dataset.table(dialect, name), &table, ""))
    };
    let mut statements: Vec<Statement> = missing.map(create).collect();
    // A role that may not create schemas can load into an existing one.
    if !snapshot.has_dataset {
        statements.insert(0, Statement::new("create the dataset", format!("CREATE SCHEMA IF NOT EXISTS {dataset}")));
    }
    statements
}

/// Plans to store `schema` if it differs from the latest stored one, `state` if there is one to store, and the load.
pub(super) fn insert_rows(
    (dialect, dataset): (&dyn Dialect, &DatasetName),
    package: &SealedPackage,
    snapshot: &DatasetSnapshot,
    schema: &Schema,
    state: Option<&State>,
) -> Result<Vec<Statement>, LoadError> {
    let (load_id, created_at) = (&package.header().load_id, package.header().created_at);
    // The most recently stored schema is the current one, so its time must be the latest even if the package was pending
    // while newer ones were loaded.
    let now = snapshot.last_schema_at.map_or(created_at, |last| created_at.max(last + 1));
    let mut statements = Vec::new();
    let insert = |table: &str, sql: String| Statement::new(format!("insert a row into `{table}`"), sql);
    let hash = schema.version_hash.as_deref().unwrap_or_default();
    if snapshot.schema_hash.as_deref() != Some(hash) {
        // A schema that recurs, for example after a refresh, is stored again.
        let step = "delete the earlier copy of the schema";
        statements.push(Statement::new(step, delete_schema(dialect, dataset, hash)));
        statements.push(insert(VERSION_TABLE, insert_schema(dialect, dataset, schema, now)));
    }
    if let Some(state) = state {
        statements.push(insert(STATE_TABLE, insert_state(dialect, dataset, (state, &state.pack()?), load_id, now)));
    }
    statements.push(insert(LOADS_TABLE, insert_load(dialect, dataset, load_id, schema, now)));
    Ok(statements)
}
