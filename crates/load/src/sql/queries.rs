//! Queries of the system tables. Their columns are text.

use catchment_schema::{LOADS_TABLE, STATE_TABLE, VERSION_TABLE};

use super::Dialect;
use super::name::DatasetName;

/// Queries the latest state of the pipeline among those of complete loads. An older package can be loaded after a newer one,
/// so the state version decides, not the load id.
pub(crate) fn select_state(dialect: &dyn Dialect, dataset: &DatasetName, pipeline: &str) -> String {
    format!(
        "SELECT s.state FROM {} AS s JOIN {} AS l ON l.load_id = s._dlt_load_id \
         WHERE s.pipeline_name = {} AND l.status = 0 ORDER BY s.version DESC, l.load_id DESC LIMIT 1",
        dataset.table(dialect, STATE_TABLE),
        dataset.table(dialect, LOADS_TABLE),
        dialect.text_literal(pipeline),
    )
}

/// Queries the most recently stored schema of a name, with its hash.
pub(crate) fn select_schema(dialect: &dyn Dialect, dataset: &DatasetName, name: &str) -> String {
    format!(
        "SELECT {}, version_hash FROM {} WHERE schema_name = {} ORDER BY inserted_at DESC LIMIT 1",
        dialect.quote("schema"),
        dataset.table(dialect, VERSION_TABLE),
        dialect.text_literal(name),
    )
}

/// Queries the time of the most recently stored schema in microseconds since 1970.
pub(crate) fn select_last_schema_at(dialect: &dyn Dialect, dataset: &DatasetName) -> String {
    format!("SELECT {} FROM {}", dialect.micros_as_text("max(inserted_at)"), dataset.table(dialect, VERSION_TABLE))
}

/// Queries the greatest load id.
pub(crate) fn select_last_load_id(dialect: &dyn Dialect, dataset: &DatasetName) -> String {
    format!("SELECT max(load_id) FROM {}", dataset.table(dialect, LOADS_TABLE))
}

/// Queries a complete load.
pub(crate) fn select_load(dialect: &dyn Dialect, dataset: &DatasetName, load_id: &str) -> String {
    let table = dataset.table(dialect, LOADS_TABLE);
    format!("SELECT load_id FROM {table} WHERE load_id = {} AND status = 0", dialect.text_literal(load_id))
}

/// Deletes the stored copies of a schema version.
pub(crate) fn delete_schema(dialect: &dyn Dialect, dataset: &DatasetName, hash: &str) -> String {
    format!("DELETE FROM {} WHERE version_hash = {}", dataset.table(dialect, VERSION_TABLE), dialect.text_literal(hash))
}
