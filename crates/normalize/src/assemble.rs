//! The cells of one table to a record batch, and what the schema lacks for it.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray, new_null_array};
use arrow::datatypes::{Field, Schema as ArrowSchema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use catchment_json::Node;
use catchment_schema::{
    Column, DLT_ID, DLT_LIST_IDX, DLT_LOAD_ID, DLT_PARENT_ID, DLT_ROOT_ID, DataType, Schema, Table, TableDelta, arrow_type,
    naming, system_column,
};

use crate::NormalizeError;
use crate::cells::{Ids, TableCells};
use crate::columns;
use crate::shape::TableShape;

/// A record batch and the columns in it that the schema does not have.
pub(crate) struct Assembled {
    pub(crate) delta: Option<TableDelta>,
    pub(crate) batch: RecordBatch,
}

/// Types the cells of a table against `schema`.
pub(crate) fn assemble(
    shape: &TableShape,
    parent: Option<&str>,
    cells: &TableCells<'_>,
    schema: &Schema,
    load_id: &str,
) -> Result<Assembled, NormalizeError> {
    let known = schema.tables.get(&*shape.name);
    let mut assembly =
        Assembly { shape, cells, known, new: Vec::new(), fields: Vec::new(), arrays: Vec::new(), variants: Vec::new() };
    assembly.known_columns()?;
    assembly.new_columns()?;
    assembly.system_columns(load_id);
    assembly.variant_columns()?;
    assembly.finish(parent)
}

struct Assembly<'a, 'd> {
    shape: &'a TableShape,
    cells: &'a TableCells<'d>,
    known: Option<&'a Table>,
    new: Vec<NewColumn>,
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
    /// Values that did not fit their column, with its name.
    variants: Vec<(String, Vec<(usize, Node<'d>)>)>,
}

/// A column that the schema does not have, and what its place follows from: the first row that has a value for
/// it, and in that row the values first, then the system's columns, then variants by name. So the order is
/// that of the rows, wherever batches begin and end.
struct NewColumn {
    row: usize,
    class: Class,
    column: Column,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Value,
    System,
    Variant,
}

impl<'d> Assembly<'_, 'd> {
    /// The columns of the schema in its order, values or not.
    fn known_columns(&mut self) -> Result<(), NormalizeError> {
        let Some(table) = self.known else { return Ok(()) };
        for column in table.columns.values() {
            let Some(data_type) = column.data_type else {
                self.refuse_missing_key(column)?;
                continue;
            };
            if is_filled_by_system(&column.name) {
                continue;
            }
            let cells = self.shape.column_index(&column.name).and_then(|i| self.cells.columns.get(i));
            match cells {
                Some(cells) if !cells.is_empty() => self.typed(column, data_type, cells)?,
                _ => {
                    self.refuse_null(column, 0)?;
                    self.add(&column.name, data_type, new_null_array(&arrow_type(data_type), self.cells.rows));
                }
            }
        }
        Ok(())
    }

    /// Columns that the schema does not have, or has no type for: their first value says it.
    fn new_columns(&mut self) -> Result<(), NormalizeError> {
        for index in &self.cells.discovered {
            let (Some(name), Some(cells)) = (self.shape.columns.get(*index), self.cells.columns.get(*index)) else { continue };
            let declared = self.known.and_then(|table| table.columns.get(name));
            if is_filled_by_system(name) || declared.is_some_and(|column| column.data_type.is_some()) {
                continue;
            }
            let Some((row, first)) = first_value(cells) else { continue };
            let data_type = columns::infer(first);
            let mut column = Column::new(name, data_type);
            if let Some(declared) = declared {
                column.nullable = declared.nullable.or(column.nullable);
                column.hints.clone_from(&declared.hints);
            }
            self.typed(&column, data_type, cells)?;
            self.new.push(NewColumn { row, class: Class::Value, column });
        }
        Ok(())
    }

    fn system_columns(&mut self, load_id: &str) {
        let rows = self.cells.rows;
        if self.cells.parent_ids.is_empty() {
            self.add_system(DLT_LOAD_ID, Arc::new(StringArray::from_iter_values(std::iter::repeat_n(load_id, rows))));
        } else {
            if !self.cells.root_ids.is_empty() {
                self.add_system(DLT_ROOT_ID, ids(&self.cells.root_ids));
            }
            self.add_system(DLT_PARENT_ID, ids(&self.cells.parent_ids));
            self.add_system(DLT_LIST_IDX, Arc::new(Int64Array::from(self.cells.list_indices.clone())));
        }
        self.add_system(DLT_ID, ids(&self.cells.ids));
    }

    /// Columns beside those whose type values did not fit: `a__v_text` beside `a`.
    fn variant_columns(&mut self) -> Result<(), NormalizeError> {
        for (column, misfits) in std::mem::take(&mut self.variants) {
            let mut by_type: Vec<(DataType, Vec<Option<Node<'d>>>)> = Vec::new();
            for (row, value) in misfits {
                let data_type = columns::infer(value);
                let at = by_type.iter().position(|(t, _)| *t == data_type).unwrap_or_else(|| {
                    by_type.push((data_type, Vec::new()));
                    by_type.len() - 1
                });
                if let Some((_, cells)) = by_type.get_mut(at) {
                    cells.resize(row, None);
                    cells.push(Some(value));
                }
            }
            for (data_type, cells) in by_type {
                self.variant(&column, data_type, &cells)?;
            }
        }
        Ok(())
    }

    fn variant(&mut self, column: &str, data_type: DataType, cells: &[Option<Node<'d>>]) -> Result<(), NormalizeError> {
        let name = naming::join(column, &format!("v_{data_type}"), None);
        let known = self.known.and_then(|table| table.columns.get(&name)).filter(|c| c.data_type.is_some());
        let in_type = known.and_then(|column| column.data_type).unwrap_or(data_type);
        let built = self.build(&name, in_type, cells)?;
        if let Some((row, value)) = built.misfits.first() {
            let (table, column) = (self.shape.name.to_string(), column.to_owned());
            return Err(NormalizeError::Misfit { table, column, variant: name, row: row + 1, value: value.excerpt(80) });
        }
        match (known, self.fields.iter().position(|field| *field.name() == name)) {
            // It is among the known columns already, all null.
            (Some(_), Some(at)) => {
                if let Some(array) = self.arrays.get_mut(at) {
                    *array = built.array;
                }
            }
            _ => {
                let row = first_value(cells).map_or(0, |(row, _)| row);
                let column = Column::new(&name, data_type).with("variant");
                self.new.push(NewColumn { row, class: Class::Variant, column });
                self.add(&name, data_type, built.array);
            }
        }
        Ok(())
    }

    fn typed(&mut self, column: &Column, data_type: DataType, cells: &[Option<Node<'d>>]) -> Result<(), NormalizeError> {
        let built = self.build(&column.name, data_type, cells)?;
        if let Some(row) = (0..built.array.len()).find(|row| built.array.is_null(*row)) {
            self.refuse_null(column, row)?;
        }
        if !built.misfits.is_empty() {
            self.variants.push((column.name.clone(), built.misfits));
        }
        self.add(&column.name, data_type, built.array);
        Ok(())
    }

    fn build(&self, column: &str, data_type: DataType, cells: &[Option<Node<'d>>]) -> Result<columns::Built<'d>, NormalizeError> {
        let (table, column) = (|| self.shape.name.to_string(), || column.to_owned());
        columns::build(data_type, cells, self.cells.rows).ok_or_else(|| NormalizeError::Unsupported {
            table: table(),
            column: column(),
            data_type,
        })
    }

    fn refuse_null(&self, column: &Column, row: usize) -> Result<(), NormalizeError> {
        if column.is_nullable() {
            return Ok(());
        }
        let hint = if column.has("primary_key") { "; it is part of the primary key" } else { "" };
        let (table, column) = (self.shape.name.to_string(), column.name.clone());
        Err(NormalizeError::Null { table, column, row: row + 1, hint })
    }

    /// A key that was declared, and that no row has ever had, is most likely misspelt.
    fn refuse_missing_key(&self, column: &Column) -> Result<(), NormalizeError> {
        let has_values =
            self.shape.column_index(&column.name).and_then(|i| self.cells.columns.get(i)).is_some_and(|c| !c.is_empty());
        if has_values || !column.has("primary_key") {
            return Ok(());
        }
        let hint = "; it was declared as primary key: is the name right?";
        Err(NormalizeError::Null { table: self.shape.name.to_string(), column: column.name.clone(), row: 1, hint })
    }

    fn add_system(&mut self, name: &'static str, array: ArrayRef) {
        let column = system_column(name);
        let data_type = column.data_type.unwrap_or(DataType::Text);
        if self.known.and_then(|table| table.columns.get(name)).is_none_or(|column| column.data_type.is_none()) {
            self.new.push(NewColumn { row: 0, class: Class::System, column });
        }
        self.add(name, data_type, array);
    }

    fn add(&mut self, name: &str, data_type: DataType, array: ArrayRef) {
        self.fields.push(Field::new(name, arrow_type(data_type), true));
        self.arrays.push(array);
    }

    fn finish(self, parent: Option<&str>) -> Result<Assembled, NormalizeError> {
        let name = self.shape.name.to_string();
        let schema = Arc::new(ArrowSchema::new(self.fields));
        let options = RecordBatchOptions::new().with_row_count(Some(self.cells.rows));
        let batch = RecordBatch::try_new_with_options(schema, self.arrays, &options)
            .map_err(|source| NormalizeError::Arrow { table: name.clone(), source })?;
        let is_new = self.known.is_none() || !self.new.is_empty();
        let mut new = self.new;
        new.sort_by(|a, b| {
            let by_name = if a.class == Class::Variant { a.column.name.cmp(&b.column.name) } else { Ordering::Equal };
            (a.row, a.class).cmp(&(b.row, b.class)).then(by_name)
        });
        let columns = new.into_iter().map(|new| new.column).collect();
        let delta = is_new.then(|| TableDelta { name, parent: parent.map(str::to_owned), columns });
        Ok(Assembled { delta, batch })
    }
}

fn first_value<'d>(cells: &[Option<Node<'d>>]) -> Option<(usize, Node<'d>)> {
    cells.iter().enumerate().find_map(|(row, cell)| cell.map(|value| (row, value)))
}

/// Columns whose values come from the walk and not from the data, even where the data has such a key.
fn is_filled_by_system(column: &str) -> bool {
    [DLT_ID, DLT_LOAD_ID, DLT_PARENT_ID, DLT_LIST_IDX, DLT_ROOT_ID].contains(&column)
}

fn ids(ids: &Ids) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(ids.iter()))
}
