//! The report of an extraction.

use serde::{Deserialize, Serialize};

use super::format::{write_diagnostics, write_row_counts};
use super::{Diagnostics, RowCounts, timestamp};

/// The report of [`Runner::extract`](crate::Runner::extract).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractInfo {
    /// The name of the pipeline.
    pub pipeline_name: String,
    /// The start time in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub started_at: i64,
    /// The end time in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub finished_at: i64,
    /// The load id of the package of the rows.
    pub load_id: String,
    /// The extracted rows by root table.
    pub row_counts: RowCounts,
    /// The diagnostics of the extraction.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

impl std::fmt::Display for ExtractInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pipeline {} extracted\n  package {}:", self.pipeline_name, self.load_id)?;
        write_row_counts(&self.row_counts, f)?;
        write_diagnostics(&self.diagnostics, f)
    }
}
