//! The trace of the last run of a pipeline.

use serde::{Deserialize, Serialize};

use super::{ExtractInfo, LoadInfo, NormalizeInfo};

/// The reports of the last steps. A run extracts and normalizes concurrently, so it has no separate extract report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The report of a separate extract step.
    pub extract: Option<ExtractInfo>,
    /// The report of normalization, or `None` if it has not run yet.
    pub normalize: Option<NormalizeInfo>,
    /// The report of the load, or `None` if it has not run yet.
    pub load: Option<LoadInfo>,
}
