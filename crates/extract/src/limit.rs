//! Limits of an extraction.

use std::time::Duration;

/// Limits of one resource in a run, unlimited by default. The first limit that is reached ends the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// The exact number of new rows, after deduplication.
    pub rows: Option<u64>,
    /// The number of pages, including empty ones.
    pub pages: Option<u64>,
    /// The time since the first request. The page that is in flight when it elapses is the last one.
    pub time: Option<Duration>,
}

impl Limit {
    /// Returns true if nothing is limited.
    pub fn is_none(&self) -> bool {
        *self == Limit::default()
    }
}
