//! Typing of the columns of a table.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray as _, new_null_array};
use arrow::datatypes::{Field, Int64Type, Schema as ArrowSchema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use catchment_json::Node;
use catchment_schema::{Column, ColumnType, ROOT_ROW_COLUMN, Table, arrow_type, system_column};

use super::new_column::{ColumnClass, NewColumn, sort_new_columns};
use super::nulls::is_key;
use super::rejected::Rejection;
use super::system;
use super::variants::{first_row, known_type};
use crate::NormalizeError;
use crate::cells::TableCells;
use crate::columns;
use crate::findings::NewVariant;
use crate::rules::{NormalizeRules, TableContract};
use crate::shape::TableShape;

/// Types the columns of a table and builds their arrays. An attempt fails if the contract rejects further rows.
pub(super) struct ColumnTyper<'a, 'd> {
    pub(super) table: &'a str,
    pub(super) shape: &'a TableShape,
    pub(super) cells: &'a TableCells<'d>,
    pub(super) known: Option<&'a Table>,
    pub(super) rules: &'a NormalizeRules,
    pub(super) guard: TableContract<'a>,
    pub(super) dropped: &'a BTreeSet<usize>,
    pub(super) new: Vec<NewColumn>,
    pub(super) fields: Vec<Field>,
    pub(super) arrays: Vec<ArrayRef>,
    /// Values that do not fit, by column name.
    misfits: Vec<(String, Vec<(usize, Node<'d>)>)>,
    pub(super) rejected: Vec<Rejection<'d>>,
    pub(super) new_variants: Vec<NewVariant>,
    /// Whether any value did not fit the initial type of its column.
    has_misfits: bool,
    /// Whether shredding the rows one by one may give another result.
    pub(super) depends_on_order: bool,
    /// Rows to reject.
    pub(super) drop: Vec<Rejection<'d>>,
}

/// The outcome of an attempt to type a table.
pub(super) enum TypingOutcome<'d> {
    /// The contract rejects these rows. The other rows must be typed again without them.
    RejectRows(Vec<Rejection<'d>>),
    /// All columns have a type.
    Done(Box<TypedTable<'d>>),
}

/// A typed table.
pub(super) struct TypedTable<'d> {
    /// All rows, including discarded rows.
    pub(super) batch: RecordBatch,
    /// New and widened columns.
    pub(super) columns: Vec<Column>,
    /// Rejected values.
    pub(super) rejected: Vec<Rejection<'d>>,
    /// The variant columns among the new columns.
    pub(super) new_variants: Vec<NewVariant>,
    /// Whether any value did not fit the initial type of its column.
    pub(super) has_misfits: bool,
    /// Whether shredding the rows one by one may give another result.
    pub(super) depends_on_order: bool,
}

impl<'a, 'd> ColumnTyper<'a, 'd> {
    pub(super) fn new(
        table: &'a str,
        shape: &'a TableShape,
        cells: &'a TableCells<'d>,
        known: Option<&'a Table>,
        guard: TableContract<'a>,
        rules: &'a NormalizeRules,
        dropped: &'a BTreeSet<usize>,
    ) -> Self {
        let (new, fields, arrays) = (Vec::new(), Vec::new(), Vec::new());
        let (misfits, rejected, drop) = (Vec::new(), Vec::new(), Vec::new());
        let (has_misfits, depends_on_order) = (false, false);
        ColumnTyper {
            table,
            shape,
            cells,
            known,
            rules,
            guard,
            dropped,
            new,
            fields,
            arrays,
            misfits,
            rejected,
            new_variants: Vec::new(),
            has_misfits,
            depends_on_order,
            drop,
        }
    }

    pub(super) fn run(mut self) -> Result<TypingOutcome<'d>, NormalizeError> {
        self.known_columns()?;
        self.new_columns()?;
        if !self.drop.is_empty() {
            return Ok(TypingOutcome::RejectRows(self.drop));
        }
        self.system_columns();
        for (column, misfits) in std::mem::take(&mut self.misfits) {
            self.put_variants(&column, misfits)?;
        }
        self.finish().map(|typed| TypingOutcome::Done(Box::new(typed)))
    }

    /// Adds all columns of the schema in its order, with or without values.
    fn known_columns(&mut self) -> Result<(), NormalizeError> {
        let Some(table) = self.known else { return Ok(()) };
        for column in table.columns.values() {
            let Some(column_type) = column.column_type() else {
                self.check_key_exists(column)?;
                continue;
            };
            if system::is_filled_by_system(&column.name) {
                continue;
            }
            let cells = self.shape.column_index(&column.name).map(|index| self.values(index));
            match cells.filter(|cells| !cells.is_empty()) {
                Some(cells) => {
                    if let Some(wider) = self.typed(column, column_type, &cells)? {
                        let column = Column::with_type(&column.name, wider);
                        self.new.push(NewColumn { row: 0, class: ColumnClass::Value, column });
                    }
                }
                None => {
                    self.check_not_null(column, |_| true)?;
                    self.add(&column.name, column_type, new_null_array(&arrow_type(column_type), self.cells.rows));
                }
            }
        }
        Ok(())
    }

    /// Adds columns that are missing or incomplete in the schema. Their type is the preferred type for the name, else it is
    /// inferred from the first value.
    fn new_columns(&mut self) -> Result<(), NormalizeError> {
        for index in &self.cells.discovered {
            let Some(name) = self.shape.columns.get(*index) else { continue };
            let declared = self.known.and_then(|table| table.columns.get(name));
            if system::is_filled_by_system(name) || declared.is_some_and(|column| column.data_type.is_some()) {
                continue;
            }
            let cells = self.values(*index);
            let row = first_row(&cells);
            let Some(Some(first)) = cells.get(row) else { continue };
            if !self.allows_column(name, &cells)? {
                continue;
            }
            let preferred = self.rules.columns.preferred_type(name).map(ColumnType::from);
            let found = preferred.unwrap_or_else(|| columns::infer(*first, self.rules.detections, self.rules.coercion.of_type()));
            let mut column = Column::with_type(name, found);
            self.rules.columns.apply_hints(&mut column);
            if let Some(declared) = declared {
                column.nullable = declared.nullable.or(column.nullable);
                column.hints.extend(declared.hints.clone());
            }
            if let Some(wider) = self.typed(&column, column.column_type().unwrap_or(found), &cells)? {
                column.set_type(wider);
            }
            self.check_column_limit(name, row)?;
            self.new.push(NewColumn { row, class: ColumnClass::Value, column });
        }
        Ok(())
    }

    /// Returns an error if the column that was just added exceeds the column limit.
    fn check_column_limit(&self, column: &str, row: usize) -> Result<(), NormalizeError> {
        // `fields` contains the column itself, but not the system columns yet.
        let Some(limit) = self.rules.options.max_columns.filter(|limit| self.fields.len() > *limit) else { return Ok(()) };
        let (table, column, row) = (self.table.to_owned(), column.to_owned(), self.cells.source_row(row));
        Err(NormalizeError::TooManyColumns { table, column, row, limit })
    }

    /// Builds and adds the array of a column. Returns the new type if the column is wider than `column_type`.
    fn typed(
        &mut self,
        column: &Column,
        column_type: ColumnType,
        cells: &[Option<Node<'d>>],
    ) -> Result<Option<ColumnType>, NormalizeError> {
        let coercion = if is_key(column) { self.rules.coercion.of_key() } else { self.rules.coercion };
        let mut built = columns::build(column_type, coercion, cells, &[], self.cells.rows);
        let mut wider = column_type;
        self.has_misfits |= !built.misfits.is_empty();
        self.depends_on_order |= !built.misfits.is_empty() && self.has_key_of_variant(&column.name);
        let may_widen = self.rules.options.numeric_widening && self.guard.may_widen(column);
        if may_widen && !built.misfits.is_empty() {
            let (joined, misfits) = columns::widen(column_type, coercion, cells, |found| self.has_variant(&column.name, found));
            built = columns::build(joined, coercion, cells, &misfits, self.cells.rows);
            wider = joined;
        }
        if self.rules.options.numeric_widening {
            wider = widen_beyond_double(wider, &built.array);
        }
        let misfits = self.apply_type_contract(column, built.misfits, may_widen)?;
        self.check_key_misfits(column, wider, &misfits)?;
        if built.array.null_count() > 0 {
            self.check_not_null(column, |row| built.array.is_null(row))?;
        }
        if !misfits.is_empty() {
            self.misfits.push((column.name.clone(), misfits));
        }
        self.add(&column.name, wider, built.array);
        Ok((wider != column_type).then_some(wider))
    }

    fn system_columns(&mut self) {
        let first = (0..self.cells.rows).find(|row| !self.dropped.contains(row)).unwrap_or(0);
        for (name, array) in system::columns(self.cells, &self.rules.load_id) {
            let column = system_column(name);
            let column_type = column.column_type().unwrap_or(ColumnType::Text);
            if known_type(self.known, name).is_none() {
                self.new.push(NewColumn { row: first, class: ColumnClass::System, column });
            }
            self.add(name, column_type, array);
        }
    }

    /// Returns the values of a column, without those of discarded rows.
    fn values(&self, index: usize) -> Cow<'a, [Option<Node<'d>>]> {
        let cells = self.cells.columns.get(index).map(Vec::as_slice).unwrap_or_default();
        if self.dropped.is_empty() {
            return Cow::Borrowed(cells);
        }
        Cow::Owned(cells.iter().enumerate().map(|(row, cell)| cell.filter(|_| !self.dropped.contains(&row))).collect())
    }

    pub(super) fn add(&mut self, name: &str, column_type: ColumnType, array: ArrayRef) {
        self.fields.push(Field::new(name, arrow_type(column_type), true));
        self.arrays.push(array);
    }

    fn finish(mut self) -> Result<TypedTable<'d>, NormalizeError> {
        let arrow = |source| NormalizeError::Arrow { table: self.table.to_owned(), source };
        if let Some(numbers) = system::root_rows(self.cells).map_err(arrow)? {
            self.fields.push(Field::new(ROOT_ROW_COLUMN, numbers.data_type().clone(), true));
            self.arrays.push(numbers);
        }
        let schema = Arc::new(ArrowSchema::new(self.fields));
        let options = RecordBatchOptions::new().with_row_count(Some(self.cells.rows));
        let batch = RecordBatch::try_new_with_options(schema, self.arrays, &options).map_err(arrow)?;
        let (columns, rejected, new_variants) = (sort_new_columns(self.new), self.rejected, self.new_variants);
        let (has_misfits, depends_on_order) = (self.has_misfits, self.depends_on_order);
        Ok(TypedTable { batch, columns, rejected, new_variants, has_misfits, depends_on_order })
    }
}

/// Sets `beyond_double` on a bigint type if the array has integers beyond the exact range of doubles.
fn widen_beyond_double(column_type: ColumnType, array: &ArrayRef) -> ColumnType {
    match (column_type, array.as_primitive_opt::<Int64Type>()) {
        (ColumnType::Bigint { bits, .. }, Some(integers))
            if integers.values().iter().any(|n| !columns::EXACT_IN_DOUBLE.contains(n)) =>
        {
            ColumnType::Bigint { bits, beyond_double: true }
        }
        _ => column_type,
    }
}
