//! Attempts to load a package, with the crashes of earlier ones.

use catchment_load_package::{BATCH_MAX_BYTES, CrashHistory, LoadMarker, SealedPackage};

use crate::LoadError;

/// The maximum size in bytes of a batch if an earlier load of the package crashed the process.
const SMALL_BATCH_BYTES: usize = 256 << 10;

/// The number of consecutive crashes at one step after which the package fails. More than two, because the process may also
/// have been killed from outside.
const MAX_CRASHES_AT_STEP: u32 = 3;

/// An attempt to load a package. While it exists, the package is marked as loading, so that the next attempt detects a crash
/// of the process.
#[derive(Debug)]
pub struct LoadAttempt {
    marker: LoadMarker,
}

impl LoadAttempt {
    /// Begins an attempt.
    ///
    /// # Errors
    ///
    /// Returns an error if earlier attempts have crashed the process repeatedly at one step.
    pub fn begin(package: &SealedPackage) -> Result<LoadAttempt, LoadError> {
        let marker = package.mark_loading();
        let CrashHistory { loads, step, at_step } = marker.earlier_crashes();
        if let Some(step) = step
            && *at_step >= MAX_CRASHES_AT_STEP
        {
            return Err(LoadError::ProcessCrash { loads: *loads, step: step.clone() });
        }
        let attempt = LoadAttempt { marker };
        if attempt.uses_small_batches() {
            let (load_id, loads) = (&package.header().load_id, attempt.marker.earlier_crashes().loads);
            tracing::warn!("package {load_id} crashed the process {loads} times; loading it in small batches");
        }
        Ok(attempt)
    }

    /// Returns true if an earlier attempt crashed the process, so that this one uses small batches.
    pub fn uses_small_batches(&self) -> bool {
        self.marker.earlier_crashes().loads > 0
    }

    /// Returns the maximum size in bytes of a batch. A larger row is a batch of one row.
    pub(crate) fn batch_bytes(&self) -> usize {
        if self.uses_small_batches() { SMALL_BATCH_BYTES } else { BATCH_MAX_BYTES }
    }

    /// Records the current step for the next process.
    pub fn record_step(&self, step: &str) {
        self.marker.record_step(step);
    }
}
