//! Output budget: limits the memory of values that expressions return.

use catchment_extract::StopSignal;
use catchment_json::Document;

/// The base limit, in bytes, for the rows created from a page of any size. Equal to the default limit of a response.
const MAX_BYTES: usize = 352 << 20;

/// The additional limit per byte of memory of the page.
const TIMES_PAGE: usize = 16;

/// The bytes counted for a value in addition to its text: unlike a value in a document, it has its own allocation.
const VALUE_BYTES: usize = 128;

/// A memory budget for the results of expressions: `[row] * 10000000` would need gigabytes.
#[derive(Debug)]
pub(crate) struct OutputBudget {
    bytes: usize,
    left: usize,
    /// Stops the conversion of lazy values, whose iteration may take long.
    stop: StopSignal,
}

impl OutputBudget {
    /// Creates a budget of `bytes` bytes.
    pub(crate) fn new(bytes: usize) -> OutputBudget {
        OutputBudget { bytes, left: bytes, stop: StopSignal::default() }
    }

    /// Creates the budget for the results of expressions over the rows of a page.
    pub(crate) fn for_page(page: &Document, stop: &StopSignal) -> OutputBudget {
        let bytes = MAX_BYTES.saturating_add(page.memory_size().saturating_mul(TIMES_PAGE));
        OutputBudget { stop: stop.clone(), ..OutputBudget::new(bytes) }
    }

    /// Consumes the budget for `values` values with `bytes` bytes of texts and keys.
    ///
    /// # Errors
    ///
    /// Returns an error if the budget is exceeded or the run was stopped.
    pub(super) fn take(&mut self, values: usize, bytes: usize) -> Result<(), String> {
        self.stop.check(0).map_err(|stopped| stopped.to_string())?;
        let taken = values.saturating_mul(VALUE_BYTES).saturating_add(bytes);
        self.left = self.left.checked_sub(taken).ok_or_else(|| {
            format!("results exceed {} MiB of memory; return fewer values per row or request smaller pages", self.bytes >> 20)
        })?;
        Ok(())
    }
}

impl Default for OutputBudget {
    /// Creates the budget for a single result.
    fn default() -> OutputBudget {
        OutputBudget::new(MAX_BYTES)
    }
}
