//! Checks for NOT NULL columns and for key columns.

use catchment_json::Node;
use catchment_schema::{Column, ColumnType, DataType, MergeStrategy, Table};

use super::typing::ColumnTyper;
use crate::{NormalizeError, columns};

impl ColumnTyper<'_, '_> {
    /// Returns an error if a row has no value for a NOT NULL column. Discarded rows and hard delete rows are exempt.
    pub(super) fn check_not_null(&self, column: &Column, is_null: impl Fn(usize) -> bool) -> Result<(), NormalizeError> {
        if column.is_nullable() {
            return Ok(());
        }
        let is_discarded = |row: &usize| self.dropped.contains(row) || self.drop.iter().any(|rejected| rejected.row == *row);
        let deletes = |row: &usize| !is_key(column) && self.is_hard_delete(*row);
        let is_invalid = |row: &usize| is_null(*row) && !is_discarded(row) && !deletes(row);
        let Some(row) = (0..self.cells.rows).find(is_invalid) else { return Ok(()) };
        if column.has_hint("primary_key") {
            return Err(NormalizeError::no_key(self.table.to_owned(), column.name.clone(), self.cells.source_row(row)));
        }
        let (table, column) = (self.table.to_owned(), column.name.clone());
        let hint = "; correct the rows or declare the column with `nullable: true`";
        Err(NormalizeError::MissingValue { table, column, row: self.cells.source_row(row), hint })
    }

    /// Returns true if a row only marks the rows with its key as deleted. It is never inserted, so it may consist of the key
    /// alone.
    fn is_hard_delete(&self, row: usize) -> bool {
        let deletes_by_key =
            |table: &&Table| matches!(table.merge_strategy(), Ok(MergeStrategy::DeleteInsert | MergeStrategy::Upsert));
        // Only rows of merged tables have root row numbers.
        let known = self.known.filter(|_| !self.cells.root_rows.is_empty()).filter(deletes_by_key);
        let Some(mark) = known.and_then(Table::hard_delete) else { return false };
        let cells = self.shape.column_index(&mark.name).and_then(|index| self.cells.columns.get(index));
        let Some(value) = cells.and_then(|cells| cells.get(row).copied().flatten()) else { return false };
        match mark.data_type {
            Some(DataType::Bool) => columns::boolean(value, self.rules.coercion) == Some(true),
            Some(_) => true,
            // The column is incomplete and gets its type from these rows.
            None => value.as_bool() != Some(false),
        }
    }

    /// Returns an error if a value of a column that the merge uses would go to a variant column, because the row would lose
    /// its key.
    pub(super) fn check_key_misfits(
        &self,
        column: &Column,
        column_type: ColumnType,
        misfits: &[(usize, Node<'_>)],
    ) -> Result<(), NormalizeError> {
        let (Some((row, value)), Some(role)) = (misfits.first(), role(column)) else { return Ok(()) };
        let found = columns::infer(*value, self.rules.detections, self.rules.coercion.of_type()).data_type();
        let (table, column, column_type) = (self.table.to_owned(), column.name.clone(), column_type.data_type());
        let (row, value) = (self.cells.source_row(*row), value.excerpt(80));
        Err(if found == column_type {
            NormalizeError::KeyPrecisionLoss { table, column, role, column_type, row, value }
        } else {
            NormalizeError::KeyTypeMismatch { table, column, role, column_type, found, row, value }
        })
    }

    /// Returns an error if a declared key column has no value in any row. It is probably misspelled.
    pub(super) fn check_key_exists(&self, column: &Column) -> Result<(), NormalizeError> {
        let cells = self.shape.column_index(&column.name).and_then(|index| self.cells.columns.get(index));
        let hint = if column.has_hint("primary_key") {
            "; check the spelling of the primary key"
        } else if column.has_hint("merge_key") {
            "; check the spelling of the merge key"
        } else {
            return Ok(());
        };
        if cells.is_some_and(|cells| !cells.is_empty()) {
            return Ok(());
        }
        Err(NormalizeError::MissingValue {
            table: self.table.to_owned(),
            column: column.name.clone(),
            row: self.cells.source_row(0),
            hint,
        })
    }
}

/// Returns true if a merge identifies rows by the column.
pub(super) fn is_key(column: &Column) -> bool {
    column.has_hint("primary_key") || column.has_hint("merge_key")
}

/// Returns the role of the column in a merge.
fn role(column: &Column) -> Option<&'static str> {
    const ROLES: [(&str, &str); 3] =
        [("primary_key", "primary key"), ("merge_key", "merge key"), ("hard_delete", "hard delete marker")];
    ROLES.into_iter().find(|(hint, _)| column.has_hint(hint)).map(|(_, role)| role)
}
