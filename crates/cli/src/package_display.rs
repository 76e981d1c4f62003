//! A package of the working folder, for people.

use std::fmt::{Display, Formatter, Result};

use catchment::Diagnostics;
use catchment::load_package::{PackageContent, PackageEntry, PackageQueue};
use catchment::schema::format_timestamp;

/// All that is known of a package.
pub(crate) struct PackageDisplay<'s>(pub(crate) &'s PackageEntry);

impl Display for PackageDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let stored = self.0;
        write!(f, "package {}: {}", stored.name, status(stored))?;
        if let Some(begin) = stored.header() {
            let created = format_timestamp(begin.created_at);
            write!(f, "\n  made {created} of source {}, for dataset {}", begin.source, begin.dataset)?;
        }
        write!(f, "\n  {} bytes in {}", stored.bytes, stored.path.display())?;
        write!(f, "{}", RowCountsDisplay(stored))?;
        let diagnostics = Diagnostics::from_stored(&stored.findings());
        diagnostics.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))?;
        let problem = match &stored.content {
            PackageContent::Corrupt(error) if stored.reason.is_none() => Some(error.to_string()),
            _ => stored.reason.clone(),
        };
        problem.map_or(Ok(()), |problem| write!(f, "\n  because: {problem}"))
    }
}

/// A line for each table that a package has rows of.
pub(crate) struct RowCountsDisplay<'s>(pub(crate) &'s PackageEntry);

impl Display for RowCountsDisplay<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0.row_counts() {
            Ok(counts) => counts
                .iter()
                .try_for_each(|(table, rows)| write!(f, "\n    {table}: {rows} {}", if *rows == 1 { "row" } else { "rows" })),
            Err(error) => write!(f, "\n    its rows cannot be counted: {error}"),
        }
    }
}

/// Where it stands.
pub(crate) fn status(stored: &PackageEntry) -> &'static str {
    match (stored.queue, &stored.content) {
        (PackageQueue::Failed, _) => "set aside",
        (_, PackageContent::Corrupt(_)) => "cannot be read",
        (_, PackageContent::Incomplete) => "unfinished, by a process that is at work on it or was killed",
        (_, PackageContent::Extracted(_)) => "waits to be normalized",
        (_, PackageContent::Sealed { .. }) => "waits to be loaded",
    }
}
