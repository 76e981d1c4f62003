//! Locked package folders, their removal and sync.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::fail_point;
use crate::lock::PackageLock;
use crate::{PackageError, extracted, journal, pages};

/// A locked package folder. Dropping it deletes the folder unless it is persistent.
#[derive(Debug)]
pub(crate) struct LockedFolder {
    path: PathBuf,
    _lock: PackageLock,
    /// The lock file of the store, held while folders are created, listed or removed.
    store: PathBuf,
    is_persistent: bool,
}

impl LockedFolder {
    /// Creates a folder handle that deletes the folder on drop.
    pub(crate) fn new(path: PathBuf, lock: PackageLock, store: PathBuf) -> LockedFolder {
        LockedFolder { path, _lock: lock, store, is_persistent: false }
    }

    /// Makes the folder persistent and returns it.
    pub(crate) fn into_persistent(mut self) -> LockedFolder {
        self.persist();
        self
    }

    /// Makes the folder persistent: dropping it no longer deletes it.
    pub(crate) fn persist(&mut self) {
        self.is_persistent = true;
    }

    /// Deletes the folder, even if it was persistent.
    pub(crate) fn discard(mut self) {
        self.is_persistent = false;
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for LockedFolder {
    fn drop(&mut self) {
        if !self.is_persistent
            && let Ok(_lock) = PackageLock::acquire(&self.store)
        {
            // If the removal fails, the next scan of the store removes the incomplete package.
            let _ = remove(&self.path);
        }
    }
}

/// Removes a package folder. Deletes its journal or pages first, so that a partial removal never looks like a package.
pub(crate) fn remove(folder: &Path) -> Result<(), PackageError> {
    for file in [journal::SEALED_FILE, journal::FILE, pages::FILE, extracted::RESUMABLE].map(|name| folder.join(name)) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(PackageError::Io { action: "remove", path: file, source: error });
            }
            _ => {}
        }
    }
    fail_point!("package::journal_removed");
    std::fs::remove_dir_all(folder).map_err(PackageError::io("remove", folder))?;
    fail_point!("package::folder_removed");
    Ok(())
}

/// Syncs `folder`, so that renames and new files in it survive a power failure.
pub(crate) fn sync(folder: &Path) -> Result<(), PackageError> {
    let open = File::open(folder).map_err(PackageError::io("open", folder))?;
    open.sync_all().map_err(PackageError::io("sync", folder))
}
