//! One connection to a file in one process.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files that this process has open. DuckDB locks a file against other processes alone, and the operating system
/// gives such a lock up when any handle of the file is closed; so what excludes two connections of one process has to
/// be known to all of it.
static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The right to open a file, given back when it is dropped.
pub(super) struct ProcessLock {
    path: PathBuf,
}

impl ProcessLock {
    /// The right to open the file `path`, which exists; none where this process has it open already.
    pub(super) fn try_acquire(path: &Path) -> std::io::Result<Option<ProcessLock>> {
        let path = path.canonicalize()?;
        let is_free = OPEN.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        // made only where it was taken, as dropping it gives the right back
        Ok(is_free.then(|| ProcessLock { path }))
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}
