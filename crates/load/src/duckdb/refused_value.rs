//! The value that a table refuses.

use arrow::record_batch::RecordBatch;

use super::connect::Session;
use crate::sql::select_refused;
use crate::{LoadError, RefusedValue};

/// The most characters of a value that an error shows.
const SHOWN: usize = 200;

/// The error of an insert that failed: with the column and the value, where one of `batch` cannot be converted to the
/// type of its column, which `types` has by name. Ends the transaction, which is lost in any case.
pub(super) fn find(
    session: &Session,
    types: &[(String, String)],
    table: &str,
    batch: RecordBatch,
    error: LoadError,
) -> LoadError {
    let LoadError::Refused { location, reason, terminal: true, .. } = &error else { return error };
    if session.run("roll back", "ROLLBACK").is_err() {
        return error;
    }
    for (column, column_type) in types {
        let Ok(values) = session.texts_of("look for the value", &select_refused(column, column_type), batch.clone()) else {
            continue;
        };
        if let Some(value) = values.into_iter().next() {
            return LoadError::Value(Box::new(RefusedValue {
                table: table.to_owned(),
                column: column.clone(),
                column_type: column_type.clone(),
                value: value.chars().take(SHOWN).collect(),
                location: location.clone(),
                // without the statement, which says nothing more
                reason: reason.lines().next().unwrap_or_default().to_owned(),
            }));
        }
    }
    error
}
