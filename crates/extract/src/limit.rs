//! Bounds on what a run takes of a resource.

use std::time::Duration;

/// The most that a run takes; all of it by default. What is reached first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// Rows, exactly, after those were left out that are not new.
    pub rows: Option<u64>,
    /// Pages, empty ones included.
    pub pages: Option<u64>,
    /// Time since the first page was asked for; the page that comes then is the last one.
    pub time: Option<Duration>,
}

impl Limit {
    /// Whether there is no limit.
    pub fn is_none(&self) -> bool {
        *self == Limit::default()
    }
}
