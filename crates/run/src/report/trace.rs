//! The trace of the last run of a pipeline.

use std::error::Error;

use catchment_settings::Redactor;
use serde::{Deserialize, Serialize};

use crate::error::error_chain;

use super::{ExtractInfo, LoadInfo, NormalizeInfo, timestamp};

/// The reports of the last successful steps, and the failure of the run after them, if any. A run extracts and normalizes
/// concurrently, so it has no separate extract report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// The report of a separate extract step.
    pub extract: Option<ExtractInfo>,
    /// The report of normalization, or `None` if it has not run yet.
    pub normalize: Option<NormalizeInfo>,
    /// The report of the load, or `None` if it has not run yet.
    pub load: Option<LoadInfo>,
    /// The failure of the last run, or `None` if it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<RunFailure>,
}

/// A run that failed, or was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// The start of the run, in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub started_at: i64,
    /// The end of the run, in microseconds since 1970.
    #[serde(with = "timestamp")]
    pub finished_at: i64,
    /// The error message and its causes, separated by `: `.
    pub error: String,
}

impl RunFailure {
    pub(crate) fn new(started_at: i64, finished_at: i64, error: &(dyn Error + 'static), redactor: &Redactor) -> RunFailure {
        let text = error_chain(error, ": ");
        // the message may quote rows and responses
        RunFailure { started_at, finished_at, error: redactor.redact_internal(&text).into_owned() }
    }
}
