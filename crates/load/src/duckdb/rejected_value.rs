//! Search for the value that a table rejects.

use arrow::record_batch::RecordBatch;

use super::connect::Session;
use crate::sql::select_unconvertible;
use crate::{LoadError, RejectedValue};

/// The maximum number of characters of a value in an error.
const SHOWN: usize = 200;

/// Adds column and value to the error of a failed insert if a value of `batch` cannot be converted to the type of its
/// column. `types` holds the column names and their types. Rolls back the transaction, which is lost in any case.
pub(super) fn locate_rejected_value(
    session: &Session,
    types: &[(String, String)],
    table: &str,
    batch: RecordBatch,
    error: LoadError,
) -> LoadError {
    let LoadError::Statement { location, reason, terminal: true, .. } = &error else { return error };
    if session.execute("roll back", "ROLLBACK").is_err() {
        return error;
    }
    for (column, column_type) in types {
        let Ok(values) =
            session.strings_from_batch("locate the rejected value", &select_unconvertible(column, column_type), batch.clone())
        else {
            continue;
        };
        if let Some(value) = values.into_iter().next() {
            // The other lines contain only the statement.
            let reason = reason.lines().next().unwrap_or_default();
            return refused(location, (table, column, column_type), &value, reason);
        }
    }
    error
}

/// Returns the error of a value that the column of a table cannot store.
pub(super) fn refused(location: &str, (table, column, column_type): (&str, &str, &str), value: &str, reason: &str) -> LoadError {
    LoadError::ValueRejected(Box::new(RejectedValue {
        table: table.to_owned(),
        column: column.to_owned(),
        column_type: column_type.to_owned(),
        value: value.chars().take(SHOWN).collect(),
        location: location.to_owned(),
        reason: reason.to_owned(),
    }))
}
