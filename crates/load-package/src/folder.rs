//! Folders that belong to one process.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::lock::PackageLock;
use crate::{PackageError, extracted, journal, pages};

/// The folder of a package, locked. Dropping it takes it back, unless it is to be kept.
#[derive(Debug)]
pub(crate) struct LockedFolder {
    path: PathBuf,
    _lock: PackageLock,
    /// The lock of the store, under which folders are made, looked for and removed.
    store: PathBuf,
    is_persistent: bool,
}

impl LockedFolder {
    /// A folder with nothing in it that counts yet.
    pub(crate) fn new(path: PathBuf, lock: PackageLock, store: PathBuf) -> LockedFolder {
        LockedFolder { path, _lock: lock, store, is_persistent: false }
    }

    /// The same folder, whose content counts from here on.
    pub(crate) fn into_persistent(mut self) -> LockedFolder {
        self.persist();
        self
    }

    /// Says that its content counts, as soon as it does.
    pub(crate) fn persist(&mut self) {
        self.is_persistent = true;
    }

    /// Takes it back after all.
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
            // What cannot be removed now is not finished, and goes when the store is looked through.
            let _ = remove(&self.path);
        }
    }
}

/// Removes the folder of a package: first what says that it counts, so that half a removal never looks like a package.
pub(crate) fn remove(folder: &Path) -> Result<(), PackageError> {
    for file in [journal::SEALED_FILE, journal::FILE, pages::FILE, extracted::RESUMABLE].map(|name| folder.join(name)) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(PackageError::Io { action: "remove", path: file, source: error });
            }
            _ => {}
        }
    }
    #[cfg(feature = "failpoints")]
    fail::fail_point!("package::journal_removed");
    std::fs::remove_dir_all(folder).map_err(PackageError::io("remove", folder))?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("package::folder_removed");
    Ok(())
}

/// Makes renames in `folder`, and files that are new in it, last.
pub(crate) fn sync(folder: &Path) -> Result<(), PackageError> {
    let open = File::open(folder).map_err(PackageError::io("open", folder))?;
    open.sync_all().map_err(PackageError::io("sync", folder))
}
