//! Restoring the state, schema and cursor entries of earlier packages.

use std::collections::BTreeMap;

use catchment_schema::Schema;
use catchment_state::{CursorEntry, CursorEntryKey, CursorEntryKind, State};

use super::cursor_entries::select_cursor_rows;
use super::name::DatasetName;
use super::queries::{select_last_load_id, select_schema, select_state};
use super::{Dialect, SqlReader, TextRows};
use crate::{LoadError, RestoreRequest, Restored};

/// Restores what a dataset has stored. Missing tables, and a missing dataset, yield an empty [`Restored`].
///
/// # Errors
///
/// Returns an error if the destination cannot be read, or if the stored state or schema is invalid.
pub async fn restore<R: SqlReader>(
    reader: &mut R,
    dialect: &dyn Dialect,
    request: &RestoreRequest,
) -> Result<Restored, LoadError> {
    let dataset = DatasetName::new(dialect, reader.database(), &request.dataset);
    let mut queries = vec![
        select_state(dialect, &dataset, &request.pipeline),
        select_schema(dialect, &dataset, &request.schema),
        select_last_load_id(dialect, &dataset),
    ];
    if !request.resources.is_empty() {
        let of_resources = (request.pipeline.as_str(), request.source.as_str(), request.resources.as_slice());
        let of_kind = |kind| select_cursor_rows(dialect, &dataset, kind, of_resources);
        queries.extend(CursorEntryKind::ALL.map(of_kind));
    }
    let mut found = reader.read_existing("read the stored state and schema", &queries).await?.into_iter();
    let mut next = || found.next().flatten().unwrap_or_default();
    let state = first_cell(next()).map(|packed| parse_state(reader.location(), &packed)).transpose()?;
    let schema = first_cell(next()).map(|text| parse_schema(reader.location(), &text)).transpose()?;
    let last_load_id = first_cell(next());
    let mut cursor_entries = BTreeMap::new();
    if !request.resources.is_empty() {
        for kind in CursorEntryKind::ALL {
            add_entries(kind, &request.source, next(), &mut cursor_entries);
        }
    }
    Ok(Restored { state, schema, last_load_id, cursor_entries })
}

/// Returns the first cell of the first row.
pub(super) fn first_cell(rows: TextRows) -> Option<String> {
    rows.into_iter().next()?.into_iter().next()?
}

/// Decodes a stored state.
pub(super) fn parse_state(location: &str, packed: &str) -> Result<State, LoadError> {
    State::unpack(packed).map_err(|error| corrupt(location, error))
}

/// Decodes a stored schema.
pub(super) fn parse_schema(location: &str, text: &str) -> Result<Schema, LoadError> {
    Schema::from_stored_text(text).map_err(|error| corrupt(location, error))
}

fn corrupt(location: &str, error: impl ToString) -> LoadError {
    LoadError::CorruptMetadata { location: location.to_owned(), reason: error.to_string() }
}

/// Adds the entries in rows of resource, cursor path, id and, for parents, cursor.
///
/// Rows without a valid hash were written by another program. Skipping one is safe: an unknown boundary row is loaded again,
/// and a missing parent is detected.
fn add_entries(kind: CursorEntryKind, source: &str, rows: TextRows, entries: &mut BTreeMap<CursorEntryKey, Vec<CursorEntry>>) {
    for row in rows {
        let mut cells = row.into_iter().flatten();
        let (Some(resource), Some(path), Some(id)) = (cells.next(), cells.next(), cells.next()) else { continue };
        let Ok(id) = id.parse() else { continue };
        let cursor = match (kind, cells.next()) {
            (CursorEntryKind::Rows, _) => None,
            (CursorEntryKind::Parents, Some(cursor)) => Some(cursor.into()),
            (CursorEntryKind::Parents, None) => continue,
        };
        let key = CursorEntryKey { kind, source: source.to_owned(), resource, cursor_path: path };
        entries.entry(key).or_default().push(CursorEntry { id, cursor });
    }
}
