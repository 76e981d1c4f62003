//! The lock by which a package belongs to one process.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;

use crate::PackageError;

/// Held as long as it lives; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started by another thread has a copy of it for a moment.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of the package in `folder`; none where another process has it.
    pub(crate) fn take(folder: &Path) -> Result<Option<Lock>, PackageError> {
        let path = folder.join(FILE);
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {
                // For people: a disk that is full must not keep a package from being loaded and removed.
                let _ = file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id()));
                Ok(Some(Lock { file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(PackageError::Io { action: "lock", path, source }),
        }
    }

    /// Takes the lock of the package in `folder`, or says who has it.
    pub(crate) fn take_or_refuse(folder: &Path) -> Result<Lock, PackageError> {
        Lock::take(folder)?.ok_or_else(|| {
            let holder = std::fs::read_to_string(folder.join(FILE)).ok().filter(|holder| !holder.is_empty());
            let holder = holder.unwrap_or_else(|| "another process".to_owned());
            PackageError::InUse { path: folder.to_owned(), holder }
        })
    }

    /// Waits for the lock of the file `path`, which is only ever held for a moment.
    pub(crate) fn wait(path: &Path) -> Result<Lock, PackageError> {
        let file = open(path)?;
        file.lock().map_err(PackageError::io("lock", path))?;
        Ok(Lock { file })
    }
}

/// The name of the lock in the folder of a package.
pub(crate) const FILE: &str = "lock";

fn open(path: &Path) -> Result<File, PackageError> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(PackageError::io("open", path))
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn a_copy_of_the_file_does_not_keep_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap().unwrap();
        let copy = lock.file.try_clone().unwrap();
        assert!(Lock::take(dir.path()).unwrap().is_none());
        drop(lock);
        assert!(Lock::take(dir.path()).unwrap().is_some());
        drop(copy);
    }
}
