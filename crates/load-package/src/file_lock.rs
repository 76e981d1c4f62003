//! Exclusive file locks.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;

/// An exclusive lock on a file, released on drop. The operating system releases it if the process dies.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Locks a file or folder. Returns `None` if another process holds the lock.
    ///
    /// Writes `holder` to the file for people to read, if it is open for writing.
    ///
    /// # Errors
    ///
    /// Returns an error if the lock call fails. A failure to write `holder` is ignored, so that packages can still be loaded
    /// and removed when the disk is full.
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

    /// Waits for the lock on `file`.
    ///
    /// # Errors
    ///
    /// Returns an error if the lock call fails.
    pub fn lock(file: File) -> std::io::Result<FileLock> {
        file.lock()?;
        Ok(FileLock { file })
    }

    /// Returns the holder recorded in the file `path`, or `None` if none is recorded.
    pub fn holder(path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok().filter(|holder| !holder.is_empty())
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that another thread is starting briefly has a copy of it.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::FileLock;

    #[test]
    fn lock_is_released_while_a_copy_of_the_file_is_open() {
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
