//! Enforcement of schema contracts for columns and data types.

use catchment_json::Node;
use catchment_schema::{Column, ContractEntity, ContractMode, DataType};

use super::rejected::Rejection;
use super::typing::ColumnTyper;
use crate::NormalizeError;
use crate::columns;

impl<'d> ColumnTyper<'_, 'd> {
    /// Returns true if the contract allows the new column. Otherwise its values, or their rows, are rejected.
    ///
    /// # Errors
    ///
    /// Returns an error if the contract freezes columns.
    pub(super) fn allows_column(&mut self, column: &str, cells: &[Option<Node<'d>>]) -> Result<bool, NormalizeError> {
        const REASON: &str = "new column";
        let mut values = cells.iter().enumerate().filter_map(|(row, cell)| Some((row, (*cell)?)));
        match self.guard.column(column) {
            ContractMode::Evolve => return Ok(true),
            ContractMode::Freeze => {
                if let Some((row, value)) = values.next() {
                    let change = format!("new column `{column}`");
                    return Err(NormalizeError::frozen(
                        self.table,
                        ContractEntity::Columns,
                        change,
                        self.cells.source_row(row),
                        value,
                    ));
                }
            }
            ContractMode::DiscardRow => self.drop.extend(values.map(|(row, _)| Rejection::row(row, Some(column), REASON))),
            ContractMode::DiscardValue => {
                self.rejected.extend(values.map(|(row, value)| Rejection::value(row, column, REASON, value)))
            }
        }
        Ok(false)
    }

    /// Returns the misfits that go to variant columns. The other misfits, or their rows, are rejected as the contract
    /// requires.
    ///
    /// # Errors
    ///
    /// Returns an error if the contract freezes data types.
    pub(super) fn apply_type_contract(
        &mut self,
        column: &Column,
        misfits: Vec<(usize, Node<'d>)>,
        may_widen: bool,
    ) -> Result<Vec<(usize, Node<'d>)>, NormalizeError> {
        const REASON: &str = "value does not fit the column type";
        let mode = self.guard.data_type();
        if mode == ContractMode::Evolve || misfits.is_empty() {
            return Ok(misfits);
        }
        let has_variant = |value: Node<'_>| {
            let found = columns::infer(value, self.rules.detections, self.rules.coercion);
            self.has_variant(&column.name, found.data_type())
        };
        let (allowed, rejected): (Vec<_>, Vec<_>) = misfits.into_iter().partition(|(_, value)| has_variant(*value));
        for (row, value) in rejected {
            match mode {
                ContractMode::Evolve => {}
                ContractMode::Freeze => {
                    let known = column.data_type.map_or("", DataType::name);
                    let change = format!("value that does not fit column `{}` ({known})", column.name);
                    return Err(NormalizeError::frozen(
                        self.table,
                        ContractEntity::DataType,
                        change,
                        self.cells.source_row(row),
                        value,
                    ));
                }
                ContractMode::DiscardValue => self.rejected.push(Rejection::value(row, &column.name, REASON, value)),
                ContractMode::DiscardRow => {
                    self.drop.push(Rejection::row(row, Some(&column.name), REASON));
                    if may_widen {
                        // Without this row the type may differ, and the next misfit may fit.
                        break;
                    }
                }
            }
        }
        Ok(allowed)
    }
}
