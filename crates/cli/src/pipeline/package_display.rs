//! Human-readable descriptions of packages.

use std::fmt::{Display, Formatter, Result};

use catchment::Diagnostics;
use catchment::load_package::{PackageContent, PackageEntry, PackageQueue};
use catchment::schema::format_timestamp;

/// Displays the status, origin, size, row counts and diagnostics of a package.
pub(crate) struct PackageDisplay<'s>(pub(crate) &'s PackageEntry);

impl Display for PackageDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let entry = self.0;
        write!(f, "package {}: {}", entry.name, status(entry))?;
        if let Some(header) = entry.header() {
            let created = format_timestamp(header.created_at);
            write!(f, "\n  created {created} from source {}, for dataset {}", header.source, header.dataset)?;
        }
        write!(f, "\n  {} bytes in {}", entry.bytes, entry.path.display())?;
        write!(f, "{}", RowCountsDisplay(entry))?;
        let diagnostics = Diagnostics::from_stored(&entry.findings());
        diagnostics.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))?;
        let problem = match &entry.content {
            PackageContent::Corrupt(error) if entry.reason.is_none() => Some(error.to_string()),
            _ => entry.reason.clone(),
        };
        problem.map_or(Ok(()), |problem| write!(f, "\n  reason: {problem}"))
    }
}

/// Displays the row count of each table in a package, one per line.
pub(crate) struct RowCountsDisplay<'s>(pub(crate) &'s PackageEntry);

impl Display for RowCountsDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0.row_counts() {
            Ok(counts) => counts
                .iter()
                .try_for_each(|(table, rows)| write!(f, "\n    {table}: {rows} {}", if *rows == 1 { "row" } else { "rows" })),
            Err(error) => write!(f, "\n    row counts not available: {error}"),
        }
    }
}

/// Returns the status of a package.
pub(crate) fn status(entry: &PackageEntry) -> &'static str {
    match (entry.queue, &entry.content) {
        (PackageQueue::Failed, _) => "failed",
        (_, PackageContent::Corrupt(_)) => "corrupt",
        (_, PackageContent::Incomplete) => "incomplete (in use by a process, or left by a killed one)",
        (_, PackageContent::Extracted(_)) => "pending (not normalized)",
        (_, PackageContent::Sealed { .. }) => "pending (not loaded)",
    }
}
