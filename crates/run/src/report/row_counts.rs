//! Row counts by table.

use indexmap::IndexMap;

/// Row counts by table, in the order of the first rows of the tables.
pub type RowCounts = IndexMap<String, u64>;

/// Sums row counts by table.
pub(super) fn sum<'c>(all: impl IntoIterator<Item = &'c RowCounts>) -> RowCounts {
    let mut sum = RowCounts::new();
    for (table, rows) in all.into_iter().flatten() {
        *sum.entry(table.clone()).or_default() += rows;
    }
    sum
}
