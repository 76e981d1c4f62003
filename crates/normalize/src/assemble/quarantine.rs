//! The quarantine table of discarded rows and values.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{Field, Schema as ArrowSchema};
use arrow::record_batch::RecordBatch;
use catchment_schema::{Column, DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DataType, Schema, TableDelta, arrow_type, system_column};

use super::rejected::QuarantineEntry;
use crate::NormalizeError;
use crate::ids::child_id;

/// Builds the record batch of the quarantine table `table`, and the delta if the schema lacks columns.
pub(super) fn batch(
    table: &str,
    entries: &[QuarantineEntry],
    schema: &Schema,
    load_id: &str,
) -> Result<(Option<TableDelta>, RecordBatch), NormalizeError> {
    let text =
        |of: fn(&QuarantineEntry) -> Option<&str>| -> ArrayRef { Arc::new(entries.iter().map(of).collect::<StringArray>()) };
    let id = |entry: &QuarantineEntry| {
        let path = format!("{table}_{}_{}", entry.table, entry.column.as_deref().unwrap_or_default());
        child_id(&entry.row_id, &path, 0)
    };
    let columns: [(Column, ArrayRef); 7] = [
        (Column::new("table_name", DataType::Text), text(|entry| Some(&entry.table))),
        (Column::new("column_name", DataType::Text), text(|entry| entry.column.as_deref())),
        (Column::new("reason", DataType::Text), text(|entry| Some(entry.reason))),
        (Column::new("content", DataType::Json), text(|entry| Some(&entry.content))),
        (Column::new("row_id", DataType::Text), text(|entry| Some(&entry.row_id))),
        (system_column(DLT_LOAD_ID_COLUMN), Arc::new(StringArray::from_iter_values(entries.iter().map(|_| load_id)))),
        (system_column(DLT_ID_COLUMN), Arc::new(StringArray::from_iter_values(entries.iter().map(id)))),
    ];
    let known = schema.tables.get(table);
    let is_new = |column: &Column| known.and_then(|table| table.columns.get(&column.name)).is_none();
    let field = |column: &Column| Field::new(&column.name, arrow_type(column.data_type.unwrap_or(DataType::Text).into()), true);
    let fields: Vec<Field> = columns.iter().map(|(column, _)| field(column)).collect();
    let new: Vec<Column> = columns.iter().map(|(column, _)| column).filter(|column| is_new(column)).cloned().collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), arrays)
        .map_err(|source| NormalizeError::Arrow { table: table.to_owned(), source })?;
    Ok(((!new.is_empty()).then(|| TableDelta::root(table, new)), batch))
}
