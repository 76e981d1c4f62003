//! New columns and their order.

use std::cmp::Ordering;

use catchment_schema::Column;

/// A column that is missing in the schema or has a narrower type there.
///
/// New columns are ordered by the first row with a value, and within a row by class: values, system columns, variants by
/// name. This makes the order independent of batch boundaries.
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

/// Sorts new columns.
pub(super) fn sort_new_columns(mut new: Vec<NewColumn>) -> Vec<Column> {
    new.sort_by(|a, b| {
        let by_name = if a.class == ColumnClass::Variant { a.column.name.cmp(&b.column.name) } else { Ordering::Equal };
        (a.row, a.class).cmp(&(b.row, b.class)).then(by_name)
    });
    new.into_iter().map(|new| new.column).collect()
}
