//! Columns that would silently round the values of a package.

use arrow::record_batch::RecordBatch;
use catchment_schema::{Column, Table};

use super::connect::Session;
use super::existing_tables::ExistingTables;
use super::rejected_value::refused;
use super::widen::other_type;
use crate::LoadError;
use crate::sql::select_rounded;

/// A column whose type in the dataset differs from the schema.
pub(super) struct TypeMismatch {
    column: String,
    found: String,
    expected: String,
}

impl TypeMismatch {
    /// Finds the mismatched columns of `table`, except FLOAT columns: choosing FLOAT accepts rounding.
    pub(super) fn find(table: &Table, existing: &ExistingTables) -> Vec<TypeMismatch> {
        let other = |column: &Column| {
            let (found, expected) = other_type(existing.data_type(&table.name, &column.name), column)?;
            (found != "FLOAT").then(|| TypeMismatch { column: column.name.clone(), found: found.to_owned(), expected })
        };
        table.complete_columns().filter_map(other).collect()
    }

    /// Returns an error if the column would round a value of `batch`. Values that cannot be converted fail in the insert.
    pub(super) fn check_lossless(&self, session: &Session, table: &str, batch: &RecordBatch) -> Result<(), LoadError> {
        let TypeMismatch { column, found, expected } = self;
        if batch.schema().column_with_name(column).is_none() {
            return Ok(());
        }
        let step = format!("compare rows with column `{column}` of table `{table}`");
        let values = session.strings_from_batch(&step, &select_rounded(column, found, expected), batch.clone())?;
        match values.first() {
            None => Ok(()),
            Some(value) => {
                let reason = format!("it would be rounded; the schema expects {expected}");
                Err(refused(session.location(), (table, column, found), value, &reason))
            }
        }
    }
}
