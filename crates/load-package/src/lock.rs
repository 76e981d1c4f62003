//! The lock by which a package belongs to one process.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::PackageError;

/// Held as long as it lives; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the package in `folder`; none where another process has it.
    pub(crate) fn take(folder: &Path) -> Result<Option<Lock>, PackageError> {
        let path = folder.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(PackageError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(PackageError::Io { action: "lock", path, source }),
        }
    }
}
