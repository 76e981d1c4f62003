//! System tables of a dataset.

use arrow::record_batch::RecordBatch;
use catchment_load_package::{PackageError, SealedPackage};
use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, VERSION_TABLE, loads_table, state_table, version_table};
use catchment_state::State;

use super::column_type::column_type;
use super::connect::Session;
use super::restore;
use crate::sql::{DatasetName, create_table, text_literal};
use crate::{LoadError, system_rows};

/// Creates the dataset and its system tables if they are missing.
pub(super) fn create(session: &Session, dataset: DatasetName<'_>) -> Result<(), LoadError> {
    session.execute("create the dataset", &format!("CREATE SCHEMA IF NOT EXISTS {dataset}"))?;
    for (name, table) in [(VERSION_TABLE, version_table()), (LOADS_TABLE, loads_table()), (STATE_TABLE, state_table())] {
        session.execute(&format!("create table `{name}`"), &create_table(dataset.table(name), &table, column_type))?;
    }
    Ok(())
}

/// Stores `schema` if it differs from the latest stored one, `state` if there is one to store, and the load.
pub(super) fn insert_system_rows(
    session: &Session,
    dataset: DatasetName<'_>,
    package: &SealedPackage,
    schema: &Schema,
    state: Option<&State>,
) -> Result<(), LoadError> {
    let (load_id, created_at) = (&package.header().load_id, package.header().created_at);
    // The most recently stored schema is the current one, so its time must be the latest even if the package was pending
    // while newer ones were loaded.
    let last = restore::last_schema_at(session, dataset)?;
    let now = last.map_or(created_at, |last| created_at.max(last + 1));
    let arrow = |source| LoadError::Package(PackageError::Arrow { table: LOADS_TABLE.to_owned(), source });
    let put = |table: &str, batch: RecordBatch| {
        session.insert(&format!("insert a row into `{table}`"), &dataset.table(table).to_string(), batch, &[])
    };
    let hash = schema.version_hash.as_deref().unwrap_or_default();
    if restore::last_schema_hash(session, dataset, &schema.name)?.is_none_or(|last| last != hash) {
        // A schema that recurs, for example after a refresh, is stored again.
        let sql = format!("DELETE FROM {} WHERE version_hash = {}", dataset.table(VERSION_TABLE), text_literal(hash));
        session.execute("delete the earlier copy of the schema", &sql)?;
        put(VERSION_TABLE, system_rows::version_row(schema, now).map_err(arrow)?)?;
    }
    if let Some(state) = state {
        put(STATE_TABLE, system_rows::state_row(state, &state.pack()?, load_id, now).map_err(arrow)?)?;
    }
    put(LOADS_TABLE, system_rows::load_row(load_id, schema, now).map_err(arrow)?)
}
