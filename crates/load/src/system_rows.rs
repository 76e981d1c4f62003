//! Rows of the system tables as record batches.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use catchment_schema::{Schema, short_hash};
use catchment_state::State;

/// Returns the row of `_dlt_loads` that marks a load as complete.
pub(crate) fn load_row(load_id: &str, schema: &Schema, now: i64) -> Result<RecordBatch, ArrowError> {
    RecordBatch::try_from_iter([
        ("load_id", text(load_id)),
        ("schema_name", text(&schema.name)),
        ("status", integer(0)),
        ("inserted_at", instant(now)),
        ("schema_version_hash", text(schema.version_hash.as_deref().unwrap_or_default())),
    ])
}

/// Returns the row of `_dlt_version` that stores a schema.
pub(crate) fn version_row(schema: &Schema, now: i64) -> Result<RecordBatch, ArrowError> {
    RecordBatch::try_from_iter([
        ("version", integer(schema.version as i64)),
        ("engine_version", integer(Schema::ENGINE_VERSION)),
        ("inserted_at", instant(now)),
        ("schema_name", text(&schema.name)),
        ("version_hash", text(schema.version_hash.as_deref().unwrap_or_default())),
        ("schema", text(&schema.to_value().to_string())),
    ])
}

/// Returns the row of `_dlt_pipeline_state` that stores a state; `packed` is the result of [`State::pack`].
pub(crate) fn state_row(state: &State, packed: &str, load_id: &str, now: i64) -> Result<RecordBatch, ArrowError> {
    let id = short_hash::<10>(&format!("{load_id}_{}", state.hash()));
    RecordBatch::try_from_iter([
        ("version", integer(state.version())),
        ("engine_version", integer(State::ENGINE_VERSION)),
        ("pipeline_name", text(state.pipeline_name())),
        ("state", text(packed)),
        ("created_at", instant(now)),
        ("version_hash", text(state.hash())),
        ("_dlt_load_id", text(load_id)),
        ("_dlt_id", text(&id)),
    ])
}

fn text(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

fn integer(value: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![value]))
}

fn instant(micros: i64) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone("UTC"))
}
