//! Exclusion of connections within a process.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files that this process has open. DuckDB's file lock excludes only other processes, and the operating system releases
/// it when any handle of the file is closed. So a global set excludes a second connection of the same process.
static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The exclusive right of a session to open a file, released on drop.
pub(crate) struct ProcessLock {
    path: PathBuf,
}

impl ProcessLock {
    /// Acquires the lock for the existing file `path`. Returns `None` if this process already has it open.
    pub(crate) fn try_acquire(path: &Path) -> std::io::Result<Option<ProcessLock>> {
        let path = path.canonicalize()?;
        let is_free = OPEN.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        // Constructed only on success, because dropping it releases the lock.
        Ok(is_free.then(|| ProcessLock { path }))
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}
