//! The value that a table refuses.

use arrow::record_batch::RecordBatch;

use super::connect::Session;
use crate::sql::select_unconvertible;
use crate::{LoadError, RejectedValue};

/// The most characters of a value that an error shows.
const SHOWN: usize = 200;

/// The error of an insert that failed: with the column and the value, where one of `batch` cannot be converted to the
/// type of its column, which `types` has by name. Ends the transaction, which is lost in any case.
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
            session.strings_from_batch("look for the value", &select_unconvertible(column, column_type), batch.clone())
        else {
            continue;
        };
        if let Some(value) = values.into_iter().next() {
            // without the statement, which says nothing more
            let reason = reason.lines().next().unwrap_or_default();
            return refused(location, (table, column, column_type), &value, reason);
        }
    }
    error
}

/// The error of a value that the column of a table, which has a type, cannot hold.
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
