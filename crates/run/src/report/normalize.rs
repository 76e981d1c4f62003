//! The report of a normalization.

use serde::{Deserialize, Serialize};

use super::format::{write_diagnostics, write_row_counts};
use super::row_counts::sum;
use super::{Diagnostics, RowCounts, timestamp};

/// The report of [`Runner::normalize`](crate::Runner::normalize).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormalizeInfo {
    /// The name of the pipeline.
    pub pipeline_name: String,
    /// The start time in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub started_at: i64,
    /// The end time in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub finished_at: i64,
    /// The built packages, oldest first; empty if nothing was new.
    pub packages: Vec<NormalizedPackage>,
    /// The diagnostics of rows that resulted in no package, because nothing was new.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

/// A sealed package in the report of a normalization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormalizedPackage {
    /// The load id.
    pub load_id: String,
    /// The rows of the package by table.
    pub row_counts: RowCounts,
    /// The diagnostics of building the package.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

impl NormalizeInfo {
    /// Returns the rows of all packages by table.
    pub fn row_counts(&self) -> RowCounts {
        sum(self.packages.iter().map(|package| &package.row_counts))
    }
}

impl std::fmt::Display for NormalizeInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pipeline {} normalized", self.pipeline_name)?;
        if self.packages.is_empty() {
            write!(f, "\n  nothing new to load")?;
        }
        for package in &self.packages {
            write!(f, "\n  package {}:", package.load_id)?;
            write_row_counts(&package.row_counts, f)?;
            write_diagnostics(&package.diagnostics, f)?;
        }
        write_diagnostics(&self.diagnostics, f)
    }
}
