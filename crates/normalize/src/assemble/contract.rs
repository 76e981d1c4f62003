//! What a schema contract does not let through.

use catchment_json::Node;
use catchment_schema::{Column, ContractEntity, ContractMode, DataType};

use super::rejected::Rejection;
use super::typing::ColumnTyper;
use crate::NormalizeError;
use crate::columns;

impl<'d> ColumnTyper<'_, 'd> {
    /// Whether the column may be added; where it may not, its values or their rows are left out.
    pub(super) fn allows_column(&mut self, column: &str, cells: &[Option<Node<'d>>]) -> Result<bool, NormalizeError> {
        const REASON: &str = "the column would be a new one";
        let mut values = cells.iter().enumerate().filter_map(|(row, cell)| Some((row, (*cell)?)));
        match self.guard.column(column) {
            ContractMode::Evolve => return Ok(true),
            ContractMode::Freeze => {
                if let Some((row, value)) = values.next() {
                    let change = format!("column `{column}` would be a new one");
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

    /// The values that go to variant columns; the others are left out, or their rows, as the contract says.
    pub(super) fn apply_type_contract(
        &mut self,
        column: &Column,
        misfits: Vec<(usize, Node<'d>)>,
        may_widen: bool,
    ) -> Result<Vec<(usize, Node<'d>)>, NormalizeError> {
        const REASON: &str = "the value does not fit the type of the column";
        let mode = self.guard.data_type();
        if mode == ContractMode::Evolve || misfits.is_empty() {
            return Ok(misfits);
        }
        let has_variant = |value: Node<'_>| {
            let found = columns::infer(value, self.rules.detections, self.rules.coercion);
            self.has_variant(&column.name, found.data_type())
        };
        let (kept, refused): (Vec<_>, Vec<_>) = misfits.into_iter().partition(|(_, value)| has_variant(*value));
        for (row, value) in refused {
            match mode {
                ContractMode::Evolve => {}
                ContractMode::Freeze => {
                    let known = column.data_type.map_or("", DataType::name);
                    let change = format!("column `{}` has the type {known}, which a value does not fit", column.name);
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
                        // Without this row the type may be another one, and the next misfit none.
                        break;
                    }
                }
            }
        }
        Ok(kept)
    }
}
