//! Columns that a schema lacks, in the order in which it gets them.

use std::cmp::Ordering;

use catchment_schema::Column;

/// A column that the schema does not have, or has with a narrower type, and what its place follows from: the first row
/// that has a value for it, and in that row the values first, then the system's columns, then variants by name. So the
/// order is that of the rows, wherever batches begin and end.
pub(super) struct NewColumn {
    pub(super) row: usize,
    pub(super) class: ColumnClass,
    pub(super) column: Column,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ColumnClass {
    Value,
    System,
    Variant,
}

/// The columns in their order.
pub(super) fn sort_new_columns(mut new: Vec<NewColumn>) -> Vec<Column> {
    new.sort_by(|a, b| {
        let by_name = if a.class == ColumnClass::Variant { a.column.name.cmp(&b.column.name) } else { Ordering::Equal };
        (a.row, a.class).cmp(&(b.row, b.class)).then(by_name)
    });
    new.into_iter().map(|new| new.column).collect()
}
