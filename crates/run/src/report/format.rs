//! Formatting of text reports.

use std::fmt::{Formatter, Result};

use super::{Diagnostics, RowCounts};

/// Writes one line per table.
pub(super) fn write_row_counts(counts: &RowCounts, f: &mut Formatter<'_>) -> Result {
    for (table, rows) in counts {
        write!(f, "\n    {table}: {}", pluralize(*rows, "row"))?;
    }
    Ok(())
}

/// Formats a count with its noun, such as `1 row` or `2 rows`.
pub(crate) fn pluralize(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// Writes one line per note or warning.
pub(super) fn write_diagnostics(diagnostics: &Diagnostics, f: &mut Formatter<'_>) -> Result {
    diagnostics.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))
}
