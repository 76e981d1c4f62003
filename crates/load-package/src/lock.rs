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
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(PackageError::Io { action: "lock", path, source }),
        }
    }

    /// Waits for the lock of the file `path`, which is only ever held for a moment.
    pub(crate) fn wait(path: &Path) -> Result<Lock, PackageError> {
        let file = open(path)?;
        file.lock().map_err(PackageError::io("lock", path))?;
        Ok(Lock { _file: file })
    }
}

fn open(path: &Path) -> Result<File, PackageError> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(PackageError::io("open", path))
}
