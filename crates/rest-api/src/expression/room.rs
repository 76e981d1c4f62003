//! How much expressions may make.

use catchment_extract::StopSignal;
use catchment_json::Document;

/// The bytes that the rows made of one page may take, whatever its size: as many as those of a response by default.
const MAX_BYTES: usize = 352 << 20;

/// How many times the memory of a page the rows made of it may take, beyond that.
const TIMES_PAGE: usize = 16;

/// What a value counts for beside its text: it has its own memory, unlike one that stands in a document.
const VALUE_BYTES: usize = 128;

/// Room for values that expressions make: `[row] * 10000000` would take gigabytes.
#[derive(Debug)]
pub(crate) struct OutputBudget {
    bytes: usize,
    left: usize,
    /// Values that are made while they are walked may take long.
    stop: StopSignal,
}

impl OutputBudget {
    /// Room for `bytes` bytes.
    pub(crate) fn new(bytes: usize) -> OutputBudget {
        OutputBudget { bytes, left: bytes, stop: StopSignal::default() }
    }

    /// Room for what expressions make of the rows of a page.
    pub(crate) fn for_page(page: &Document, stop: &StopSignal) -> OutputBudget {
        let bytes = MAX_BYTES.saturating_add(page.memory_size().saturating_mul(TIMES_PAGE));
        OutputBudget { stop: stop.clone(), ..OutputBudget::new(bytes) }
    }

    /// Takes the room of `values` values with texts and keys of `bytes` bytes.
    ///
    /// # Errors
    ///
    /// Where there is no room for them, or the run was told to stop.
    pub(super) fn take(&mut self, values: usize, bytes: usize) -> Result<(), String> {
        self.stop.check(0).map_err(|stopped| stopped.to_string())?;
        let taken = values.saturating_mul(VALUE_BYTES).saturating_add(bytes);
        self.left = self.left.checked_sub(taken).ok_or_else(|| {
            format!("it makes more than {} MiB of values; make fewer of each row, or ask for smaller pages", self.bytes >> 20)
        })?;
        Ok(())
    }
}

impl Default for OutputBudget {
    /// Room for one value.
    fn default() -> OutputBudget {
        OutputBudget::new(MAX_BYTES)
    }
}
