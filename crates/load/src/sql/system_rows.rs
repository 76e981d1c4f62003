//! Rows of the system tables as `INSERT` statements.

use catchment_schema::{
    Column, DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, Schema, Table, format_timestamp, loads_table, short_hash, state_table,
    version_table,
};
use catchment_state::State;

use super::Dialect;
use super::name::{DatasetName, quote_list};

/// A value of a system table.
enum Cell<'v> {
    Text(&'v str),
    Integer(i64),
    /// Microseconds since 1970.
    Timestamp(i64),
}

use Cell::{Integer, Text, Timestamp};

/// Inserts the row of `_dlt_loads` that marks a load as complete. `now` is in microseconds since 1970.
pub(crate) fn insert_load(dialect: &dyn Dialect, dataset: &DatasetName, load_id: &str, schema: &Schema, now: i64) -> String {
    let values = [
        ("load_id", Text(load_id)),
        ("schema_name", Text(&schema.name)),
        ("status", Integer(0)),
        ("inserted_at", Timestamp(now)),
        ("schema_version_hash", Text(schema.version_hash.as_deref().unwrap_or_default())),
    ];
    insert(dialect, dataset, &loads_table(), &values)
}

/// Inserts the row of `_dlt_version` that stores a schema.
pub(crate) fn insert_schema(dialect: &dyn Dialect, dataset: &DatasetName, schema: &Schema, now: i64) -> String {
    let values = [
        ("version", Integer(schema.version as i64)),
        ("engine_version", Integer(Schema::ENGINE_VERSION)),
        ("inserted_at", Timestamp(now)),
        ("schema_name", Text(&schema.name)),
        ("version_hash", Text(schema.version_hash.as_deref().unwrap_or_default())),
        ("schema", Text(&schema.to_value().to_string())),
    ];
    insert(dialect, dataset, &version_table(), &values)
}

/// Inserts the row of `_dlt_pipeline_state` that stores a state; `packed` is the result of [`State::pack`].
pub(crate) fn insert_state(
    dialect: &dyn Dialect,
    dataset: &DatasetName,
    (state, packed): (&State, &str),
    load_id: &str,
    now: i64,
) -> String {
    let id = short_hash::<10>(&format!("{load_id}_{}", state.hash()));
    let values = [
        ("version", Integer(state.version())),
        ("engine_version", Integer(State::ENGINE_VERSION)),
        ("pipeline_name", Text(state.pipeline_name())),
        ("state", Text(packed)),
        ("created_at", Timestamp(now)),
        ("version_hash", Text(state.hash())),
        (DLT_LOAD_ID_COLUMN, Text(load_id)),
        (DLT_ID_COLUMN, Text(&id)),
    ];
    insert(dialect, dataset, &state_table(), &values)
}

/// Returns a timestamp in microseconds since 1970 as an expression of the type of `column`.
pub(crate) fn timestamp_literal(dialect: &dyn Dialect, column: &Column, micros: i64) -> String {
    format!("CAST({} AS {})", dialect.text_literal(&format_timestamp(micros)), dialect.column_type(column))
}

fn insert(dialect: &dyn Dialect, dataset: &DatasetName, table: &Table, values: &[(&str, Cell<'_>)]) -> String {
    let literal = |(name, cell): &(&str, Cell<'_>)| match cell {
        Text(text) => dialect.text_literal(text),
        Integer(number) => number.to_string(),
        Timestamp(micros) => match table.columns.get(*name) {
            Some(column) => timestamp_literal(dialect, column, *micros),
            None => dialect.text_literal(&format_timestamp(*micros)),
        },
    };
    let names = quote_list(dialect, values.iter().map(|(name, _)| *name));
    let values: Vec<String> = values.iter().map(literal).collect();
    format!("INSERT INTO {} ({names}) VALUES ({})", dataset.table(dialect, &table.name), values.join(", "))
}
