//! A package of the working folder, for people.

use std::fmt::{Display, Formatter, Result};

use catchment::Remarks;
use catchment::load_package::{Content, Place, Stored};
use catchment::schema::format_timestamp;

/// All that is known of a package.
pub(crate) struct Described<'s>(pub(crate) &'s Stored);

impl Display for Described<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let stored = self.0;
        write!(f, "package {}: {}", stored.name, state(stored))?;
        if let Some(begin) = stored.begin() {
            let created = format_timestamp(begin.created_at);
            write!(f, "\n  made {created} of source {}, for dataset {}", begin.source, begin.dataset)?;
        }
        write!(f, "\n  {} bytes in {}", stored.bytes, stored.path.display())?;
        write!(f, "{}", RowCounts(stored))?;
        let remarks = Remarks::from_stored(&stored.findings());
        remarks.to_string().lines().try_for_each(|line| write!(f, "\n    {line}"))?;
        let problem = match &stored.content {
            Content::Unreadable(error) if stored.reason.is_none() => Some(error.to_string()),
            _ => stored.reason.clone(),
        };
        problem.map_or(Ok(()), |problem| write!(f, "\n  because: {problem}"))
    }
}

/// A line for each table that a package has rows of.
pub(crate) struct RowCounts<'s>(pub(crate) &'s Stored);

impl Display for RowCounts<'_> {
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
pub(crate) fn state(stored: &Stored) -> &'static str {
    match (stored.place, &stored.content) {
        (Place::Aside, _) => "set aside",
        (_, Content::Unreadable(_)) => "cannot be read",
        (_, Content::Unfinished) => "unfinished, by a process that is at work on it or was killed",
        (_, Content::Rows(_)) => "waits to be normalized",
        (_, Content::Package { .. }) => "waits to be loaded",
    }
}
