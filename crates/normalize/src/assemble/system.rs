//! System columns, which link rows of different tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, StringArray};
use arrow::error::ArrowError;
use catchment_schema::{
    DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, ROOT_ROW_COLUMN,
    ROOT_ROW_PRECISION,
};

use crate::cells::{Ids, TableCells};

/// Returns true if the values of a column are generated, even if the data contains such a key.
pub(super) fn is_filled_by_system(column: &str) -> bool {
    [DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_ROOT_ID_COLUMN, ROOT_ROW_COLUMN]
        .contains(&column)
}

/// Builds the system columns, in their order in a new table.
pub(super) fn columns(cells: &TableCells<'_>, load_id: &str) -> Vec<(&'static str, ArrayRef)> {
    let mut columns: Vec<(&'static str, ArrayRef)> = Vec::new();
    if cells.parent_ids.is_empty() {
        let load_ids = std::iter::repeat_n(load_id, cells.rows);
        columns.push((DLT_LOAD_ID_COLUMN, Arc::new(StringArray::from_iter_values(load_ids))));
    } else {
        if !cells.root_ids.is_empty() {
            columns.push((DLT_ROOT_ID_COLUMN, ids(&cells.root_ids)));
        }
        columns.push((DLT_PARENT_ID_COLUMN, ids(&cells.parent_ids)));
        columns.push((DLT_LIST_IDX_COLUMN, Arc::new(Int64Array::from(cells.list_indices.clone()))));
    }
    columns.push((DLT_ID_COLUMN, ids(&cells.ids)));
    columns
}

/// Builds the column of root row numbers, if the table is merged.
pub(super) fn root_rows(cells: &TableCells<'_>) -> Result<Option<ArrayRef>, ArrowError> {
    if cells.root_rows.is_empty() {
        return Ok(None);
    }
    let numbers = Decimal128Array::from(cells.root_rows.clone()).with_precision_and_scale(ROOT_ROW_PRECISION, 0)?;
    Ok(Some(Arc::new(numbers)))
}

fn ids(ids: &Ids) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(ids.iter()))
}
