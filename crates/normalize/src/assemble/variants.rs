//! Variant columns, such as `a__v_text` for values that do not fit the type of `a`.

use arrow::array::Array as _;
use catchment_json::Node;
use catchment_schema::{Column, ColumnType, DataType, Table, naming};

use super::new_column::{ColumnClass, NewColumn};
use super::typing::ColumnTyper;
use crate::NormalizeError;
use crate::columns;
use crate::findings::NewVariant;

/// Returns the name of the variant column of `column` for `data_type`.
fn variant_name(column: &str, data_type: DataType, max_length: Option<usize>) -> String {
    naming::join(column, &format!("v_{data_type}"), max_length)
}

/// Returns the type of a column in the schema.
pub(super) fn known_type(table: Option<&Table>, column: &str) -> Option<ColumnType> {
    table?.columns.get(column)?.column_type()
}

impl<'d> ColumnTyper<'_, 'd> {
    /// Moves the misfits of `column` to variant columns, one for each type.
    pub(super) fn put_variants(&mut self, column: &str, misfits: Vec<(usize, Node<'d>)>) -> Result<(), NormalizeError> {
        let mut by_type: Vec<(ColumnType, Vec<Option<Node<'d>>>)> = Vec::new();
        for (row, value) in misfits {
            let found = columns::infer(value, self.rules.detections, self.rules.coercion);
            let at = by_type.iter().position(|(t, _)| *t == found).unwrap_or_else(|| {
                by_type.push((found, Vec::new()));
                by_type.len() - 1
            });
            if let Some((_, cells)) = by_type.get_mut(at) {
                cells.resize(row, None);
                cells.push(Some(value));
            }
        }
        by_type.into_iter().try_for_each(|(found, cells)| self.put_variant(column, found, &cells))
    }

    /// Returns true if the schema has a variant column of `column` for `data_type`.
    pub(super) fn has_variant(&self, column: &str, data_type: DataType) -> bool {
        let name = variant_name(column, data_type, self.rules.options.max_identifier_length);
        known_type(self.known, &name).is_some()
    }

    /// Returns true if the rows have a key with the name of a variant column of `column`.
    pub(super) fn has_key_of_variant(&self, column: &str) -> bool {
        let max_length = self.rules.options.max_identifier_length;
        DataType::ALL.into_iter().any(|data_type| {
            let index = self.shape.column_index(&variant_name(column, data_type, max_length));
            index.and_then(|index| self.cells.columns.get(index)).is_some_and(|cells| !cells.is_empty())
        })
    }

    fn misfit(&self, column: &str, variant: String, row: usize, value: String) -> NormalizeError {
        let (table, column, row) = (self.table.to_owned(), column.to_owned(), self.cells.source_row(row));
        NormalizeError::VariantMismatch { table, column, variant, row, value }
    }

    fn put_variant(&mut self, column: &str, found: ColumnType, cells: &[Option<Node<'d>>]) -> Result<(), NormalizeError> {
        let name = variant_name(column, found.data_type(), self.rules.options.max_identifier_length);
        let known = known_type(self.known, &name);
        let built = columns::build(known.unwrap_or(found), self.rules.coercion, cells, &[], self.cells.rows);
        if let Some((row, value)) = built.misfits.first() {
            return Err(self.misfit(column, name, *row, value.excerpt(80)));
        }
        match self.fields.iter().position(|field| *field.name() == name).and_then(|at| self.arrays.get_mut(at)) {
            // The variant column is in the schema and was added without values.
            Some(array) if array.null_count() == array.len() => *array = built.array,
            // A key of the data has the name of the variant column.
            Some(_) => {
                let value = cells.iter().enumerate().find_map(|(row, cell)| cell.map(|value| (row, value)));
                let (row, value) = value.map_or((0, String::new()), |(row, value)| (row, value.excerpt(80)));
                return Err(self.misfit(column, name, row, value));
            }
            None => {
                let row = cells.len().saturating_sub(1).min(first_row(cells));
                self.new_variants.push(NewVariant {
                    table: self.table.to_owned(),
                    column: column.to_owned(),
                    column_type: String::new(),
                    variant: name.clone(),
                    data_type: found.data_type().name().to_owned(),
                });
                let column = Column::with_type(&name, found).with_hint("variant");
                self.new.push(NewColumn { row, class: ColumnClass::Variant, column });
                self.add(&name, found, built.array);
            }
        }
        Ok(())
    }
}

/// Returns the first row with a value.
pub(super) fn first_row(cells: &[Option<Node<'_>>]) -> usize {
    cells.iter().position(Option::is_some).unwrap_or(0)
}
