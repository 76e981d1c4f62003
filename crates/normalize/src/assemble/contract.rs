//! What a schema contract does not let through.

use catchment_json::Node;
use catchment_schema::{Column, DataType, Entity, Mode};

use super::reject::Rejected;
use super::typing::Typing;
use crate::NormalizeError;
use crate::columns;

impl<'d> Typing<'_, 'd> {
    /// Whether the column may be added; where it may not, its values or their rows are left out.
    pub(super) fn admits(&mut self, column: &str, cells: &[Option<Node<'d>>]) -> Result<bool, NormalizeError> {
        const REASON: &str = "the column would be a new one";
        let mut values = cells.iter().enumerate().filter_map(|(row, cell)| Some((row, (*cell)?)));
        match self.guard.column(column) {
            Mode::Evolve => return Ok(true),
            Mode::Freeze => {
                if let Some((row, value)) = values.next() {
                    let change = format!("column `{column}` would be a new one");
                    return Err(NormalizeError::frozen(self.table, Entity::Columns, change, self.cells.source_row(row), value));
                }
            }
            Mode::DiscardRow => self.drop.extend(values.map(|(row, _)| Rejected::row(row, Some(column), REASON))),
            Mode::DiscardValue => self.rejected.extend(values.map(|(row, value)| Rejected::value(row, column, REASON, value))),
        }
        Ok(false)
    }

    /// The values that go to variant columns; the others are left out, or their rows, as the contract says.
    pub(super) fn sort_out(
        &mut self,
        column: &Column,
        misfits: Vec<(usize, Node<'d>)>,
        may_widen: bool,
    ) -> Result<Vec<(usize, Node<'d>)>, NormalizeError> {
        const REASON: &str = "the value does not fit the type of the column";
        let mode = self.guard.data_type();
        if mode == Mode::Evolve || misfits.is_empty() {
            return Ok(misfits);
        }
        let has_variant = |value: Node<'_>| {
            let found = columns::infer(value, self.rules.detections, self.rules.coercion);
            self.has_variant(&column.name, found.data_type())
        };
        let (kept, refused): (Vec<_>, Vec<_>) = misfits.into_iter().partition(|(_, value)| has_variant(*value));
        for (row, value) in refused {
            match mode {
                Mode::Evolve => {}
                Mode::Freeze => {
                    let known = column.data_type.map_or("", DataType::name);
                    let change = format!("column `{}` has the type {known}, which a value does not fit", column.name);
                    return Err(NormalizeError::frozen(self.table, Entity::DataType, change, self.cells.source_row(row), value));
                }
                Mode::DiscardValue => self.rejected.push(Rejected::value(row, &column.name, REASON, value)),
                Mode::DiscardRow => {
                    self.drop.push(Rejected::row(row, Some(&column.name), REASON));
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
