//! How much of documents an expression may look at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of values that one evaluation may look at: a row may be named thousands of times in an expression, and be
/// made a text each time, for which minijinja takes no fuel before it is done.
const MAX_BYTES: usize = 256 << 20;

/// What an evaluation has looked at of documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct Work(Arc<AtomicUsize>);

impl Work {
    /// Counts values of that many bytes; false where there were too many.
    pub(super) fn add(&self, bytes: usize) -> bool {
        // it wraps around after as many bytes as no evaluation can look at
        self.0.fetch_add(bytes, Ordering::Relaxed) <= MAX_BYTES
    }

    /// An error where there were too many.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.load(Ordering::Relaxed) <= MAX_BYTES {
            return Ok(());
        }
        Err(format!("it looks at more than {} MiB of values for one row; it names a large value too often", MAX_BYTES >> 20))
    }
}
