//! Input budget: limits the bytes of a document that one evaluation reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The maximum number of bytes that one evaluation reads. An expression may convert the same row to text thousands of times,
/// and minijinja charges fuel only after each conversion.
const MAX_BYTES: usize = 256 << 20;

/// The number of bytes that an evaluation has read from documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct InputBudget(Arc<AtomicUsize>);

impl InputBudget {
    /// Adds the size of a value; returns false above the limit.
    pub(super) fn add(&self, bytes: usize) -> bool {
        // no evaluation reads enough bytes to wrap around
        self.0.fetch_add(bytes, Ordering::Relaxed) <= MAX_BYTES
    }

    /// Returns an error above the limit.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.load(Ordering::Relaxed) <= MAX_BYTES {
            return Ok(());
        }
        Err(format!(
            "evaluation reads more than {} MiB of values for one row; reference large values less often",
            MAX_BYTES >> 20
        ))
    }
}
