//! Rows by table.

use std::fmt::{Formatter, Result};

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

/// A line for each table.
pub(super) fn write_lines(counts: &RowCounts, f: &mut Formatter<'_>) -> Result {
    for (table, rows) in counts {
        write!(f, "\n    {table}: {rows} {}", if *rows == 1 { "row" } else { "rows" })?;
    }
    Ok(())
}
