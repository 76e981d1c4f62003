//! What stands below a package in the reports for people.

use std::fmt::{Formatter, Result};

use super::{Diagnostics, RowCounts};

/// A line for each table.
pub(super) fn write_row_counts(counts: &RowCounts, f: &mut Formatter<'_>) -> Result {
    for (table, rows) in counts {
        write!(f, "\n    {table}: {}", pluralize(*rows, "row"))?;
    }
    Ok(())
}

/// `1 row`, `2 rows`.
pub(crate) fn pluralize(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A line for each remark.
pub(super) fn write_diagnostics(diagnostics: &Diagnostics, f: &mut Formatter<'_>) -> Result {
    diagnostics.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))
}
