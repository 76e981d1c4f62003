//! Rows by table.

use indexmap::IndexMap;

/// Rows by table, in the order in which the tables came.
pub type RowCounts = IndexMap<String, u64>;

/// Adds up.
pub(super) fn sum<'c>(all: impl IntoIterator<Item = &'c RowCounts>) -> RowCounts {
    let mut sum = RowCounts::new();
    for (table, rows) in all.into_iter().flatten() {
        *sum.entry(table.clone()).or_default() += rows;
    }
    sum
}
