//! Restoring the state and schema of earlier packages.

use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, VERSION_TABLE};
use catchment_state::State;

use super::connect::Session;
use crate::sql::{DatasetName, text_literal};
use crate::{LoadError, Restored};

pub(super) fn restore(session: &Session, dataset: &str, pipeline: &str, schema: &str) -> Result<Restored, LoadError> {
    let dataset = session.dataset(dataset);
    Ok(Restored {
        state: state(session, dataset, pipeline)?,
        schema: self::schema(session, dataset, schema)?,
        last_load_id: last_load_id(session, dataset)?,
    })
}

/// Reads the latest state of the pipeline among those of complete loads. An older package can be loaded after a newer one,
/// so the state version decides, not the load id.
pub(super) fn state(session: &Session, dataset: DatasetName<'_>, pipeline: &str) -> Result<Option<State>, LoadError> {
    if !session.has_table(dataset, STATE_TABLE)? || !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(None);
    }
    let sql = format!(
        "SELECT s.state FROM {} AS s JOIN {} AS l ON l.load_id = s._dlt_load_id \
         WHERE s.pipeline_name = {} AND l.status = 0 ORDER BY s.version DESC, l.load_id DESC LIMIT 1",
        dataset.table(STATE_TABLE),
        dataset.table(LOADS_TABLE),
        text_literal(pipeline),
    );
    let Some(packed) = session.texts("read the state", &sql)?.pop() else { return Ok(None) };
    let stored = State::unpack(&packed);
    stored
        .map(Some)
        .map_err(|error| LoadError::CorruptMetadata { location: session.location().to_owned(), reason: error.to_string() })
}

/// Reads the most recently stored schema of a name.
pub(super) fn schema(session: &Session, dataset: DatasetName<'_>, name: &str) -> Result<Option<Schema>, LoadError> {
    if !session.has_table(dataset, VERSION_TABLE)? {
        return Ok(None);
    }
    let table = dataset.table(VERSION_TABLE);
    let sql = format!("SELECT schema FROM {table} WHERE schema_name = {} ORDER BY inserted_at DESC LIMIT 1", text_literal(name));
    let Some(text) = session.texts("read the schema", &sql)?.pop() else { return Ok(None) };
    let stored = Schema::from_stored_text(&text);
    stored
        .map(Some)
        .map_err(|error| LoadError::CorruptMetadata { location: session.location().to_owned(), reason: error.to_string() })
}

/// Reads the hash of the most recently stored schema of a name.
pub(super) fn last_schema_hash(session: &Session, dataset: DatasetName<'_>, name: &str) -> Result<Option<String>, LoadError> {
    let (table, name) = (dataset.table(VERSION_TABLE), text_literal(name));
    let sql = format!("SELECT version_hash FROM {table} WHERE schema_name = {name} ORDER BY inserted_at DESC LIMIT 1");
    Ok(session.texts("read the hash of the schema", &sql)?.pop())
}

/// Reads the time of the most recently stored schema in microseconds since 1970.
pub(super) fn last_schema_at(session: &Session, dataset: DatasetName<'_>) -> Result<Option<i64>, LoadError> {
    let table = dataset.table(VERSION_TABLE);
    let sql = format!("SELECT epoch_us(max(inserted_at))::VARCHAR FROM {table}");
    Ok(session.texts("read the schemas", &sql)?.pop().and_then(|micros| micros.parse().ok()))
}

fn last_load_id(session: &Session, dataset: DatasetName<'_>) -> Result<Option<String>, LoadError> {
    if !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(None);
    }
    let table = dataset.table(LOADS_TABLE);
    Ok(session.texts("read the loads", &format!("SELECT max(load_id) FROM {table}"))?.pop())
}
