//! Locks of packages and stores.

use std::fs::File;
use std::path::Path;

use crate::{FileLock, PackageError};

/// The lock of a package, or of a store.
#[derive(Debug)]
pub(crate) struct PackageLock {
    _file: FileLock,
}

impl PackageLock {
    /// Acquires the lock of the package in `folder`. Returns `None` if another process holds it.
    pub(crate) fn try_acquire(folder: &Path) -> Result<Option<PackageLock>, PackageError> {
        let path = folder.join(FILE);
        let taken = FileLock::try_lock(open(&path)?, &format!("process {}", std::process::id()));
        Ok(taken.map_err(PackageError::io("lock", &path))?.map(|file| PackageLock { _file: file }))
    }

    /// Acquires the lock of the package in `folder`, or returns an error that names the holder.
    pub(crate) fn acquire_or_err(folder: &Path) -> Result<PackageLock, PackageError> {
        PackageLock::try_acquire(folder)?.ok_or_else(|| {
            let holder = FileLock::holder(&folder.join(FILE)).unwrap_or_else(|| "another process".to_owned());
            PackageError::InUse { path: folder.to_owned(), holder }
        })
    }

    /// Waits for the lock on the file `path`, which every process holds only briefly.
    pub(crate) fn acquire(path: &Path) -> Result<PackageLock, PackageError> {
        let file = FileLock::lock(open(path)?).map_err(PackageError::io("lock", path))?;
        Ok(PackageLock { _file: file })
    }
}

/// The name of the lock file in the folder of a package.
pub(crate) const FILE: &str = "lock";

fn open(path: &Path) -> Result<File, PackageError> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(PackageError::io("open", path))
}
