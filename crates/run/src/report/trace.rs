//! What the last run of a pipeline did, step by step.

use serde::{Deserialize, Serialize};

use super::{ExtractInfo, LoadInfo, NormalizeInfo};

/// The steps that were done last. A run extracts while it normalises, so it has no extraction of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The extraction, where it was done alone.
    pub extract: Option<ExtractInfo>,
    /// The normalisation of what was extracted; none where that was not done yet.
    pub normalize: Option<NormalizeInfo>,
    /// The load of what was normalised.
    pub load: Option<LoadInfo>,
}
