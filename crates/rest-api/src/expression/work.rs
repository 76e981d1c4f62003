//! Limits how many bytes of a document one evaluation reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of values that one evaluation reads. An expression may convert the same row to text thousands of times, and
/// minijinja charges fuel only after each conversion.
const MAX_BYTES: usize = 256 << 20;

/// The bytes of values that an evaluation has read from documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct InputBudget(Arc<AtomicUsize>);

impl InputBudget {
    /// Counts a value; returns false above the limit.
    pub(super) fn add(&self, bytes: usize) -> bool {
        // no evaluation reads so many bytes that this wraps around
        self.0.fetch_add(bytes, Ordering::Relaxed) <= MAX_BYTES
    }

    /// Returns an error above the limit.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.load(Ordering::Relaxed) <= MAX_BYTES {
            return Ok(());
        }
        Err(format!("it looks at more than {} MiB of values for one row; it names a large value too often", MAX_BYTES >> 20))
    }
}
