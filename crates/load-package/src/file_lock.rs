//! Files that one process has locked.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;

/// A lock on a file. It is held as long as this lives; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Locks `file`, or a folder, and notes `holder` in it, for people, if it is open for writing; none where another process
    /// has it.
    ///
    /// # Errors
    ///
    /// Where it cannot be locked. That `holder` cannot be noted is none: a disk that is full must not keep what waits on it
    /// from being loaded and removed.
    ///
    /// ```
    /// use std::fs::File;
    ///
    /// use catchment_load_package::FileLock;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("lock");
    /// let lock = FileLock::try_lock(File::create(&path)?, "the night run")?;
    /// assert!(lock.is_some());
    /// assert_eq!(FileLock::holder(&path).as_deref(), Some("the night run"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_lock(mut file: File, holder: &str) -> std::io::Result<Option<FileLock>> {
        match file.try_lock() {
            Ok(()) => {
                let _ = file.set_len(0).and_then(|()| file.write_all(holder.as_bytes()));
                Ok(Some(FileLock { file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits until `file` can be locked.
    ///
    /// # Errors
    ///
    /// Where it cannot be locked.
    pub fn lock(file: File) -> std::io::Result<FileLock> {
        file.lock()?;
        Ok(FileLock { file })
    }

    /// What who has the file `path` noted; none where nothing could be noted.
    pub fn holder(path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok().filter(|holder| !holder.is_empty())
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started by another thread has a copy of it for a moment.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::FileLock;

    #[test]
    fn a_copy_of_the_file_does_not_keep_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let take = || FileLock::try_lock(File::create(dir.path().join("lock")).unwrap(), "me").unwrap();
        let lock = take().unwrap();
        let copy = lock.file.try_clone().unwrap();
        assert!(take().is_none());
        drop(lock);
        assert!(take().is_some());
        drop(copy);
    }
}
