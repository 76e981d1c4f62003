//! Atomic creation of database files.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use catchment_load_package::{FileLock, fail_point};
use duckdb::Connection;

use crate::DuckDbOptions;
use crate::memory::MemoryController;
use crate::open::{OpenError, config};

/// Creates the file atomically if it is missing.
///
/// DuckDB writes the headers of a new file one by one and cannot open the file of a process that was killed meanwhile. So
/// the file is created under a temporary name and linked to its final name when it is complete. If another program creates
/// the final file first, that file is kept. The next process removes a temporary file that a killed process has left.
pub(crate) fn create_if_missing(options: &DuckDbOptions, memory: &MemoryController) -> Result<(), OpenError> {
    let path = &options.path;
    let unfinished = NewDatabaseFile(path.with_added_extension("catchment-new"));
    if path.exists() {
        // A leftover file is harmless, for example on a read-only file system.
        let _ = unfinished.remove();
        return Ok(());
    }
    let _lock = lock_folder(path)?;
    unfinished.remove().map_err(failed)?;
    let created = unfinished.create(options, memory).and_then(|()| unfinished.link(path));
    fail_point!("duckdb::file_linked");
    // Removes the incomplete file after an error, otherwise the second hard link to the database file.
    created.and(unfinished.remove().map_err(failed))
}

fn failed(error: Error) -> OpenError {
    OpenError::Failed(error.to_string())
}

/// The temporary file of a new database, protected by the lock on its folder.
struct NewDatabaseFile(PathBuf);

impl NewDatabaseFile {
    /// Removes the file and DuckDB's write-ahead log.
    fn remove(&self) -> std::io::Result<()> {
        for path in [&self.0, &self.0.with_added_extension("wal")] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn create(&self, options: &DuckDbOptions, memory: &MemoryController) -> Result<(), OpenError> {
        let connection = Connection::open_with_flags(&self.0, config(options, memory)?)?;
        connection.close().map_err(|(_, error)| error)?;
        File::open(&self.0).and_then(|file| file.sync_all()).map_err(failed)
    }

    fn link(&self, path: &Path) -> Result<(), OpenError> {
        fail_point!("duckdb::file_created");
        match std::fs::hard_link(&self.0, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            // Some file systems do not support hard links.
            Err(_) => std::fs::rename(&self.0, path).map_err(failed),
            Ok(()) => Ok(()),
        }
    }
}

/// Locks the folder of `path` while the file is created.
///
/// The operating system releases the lock if the process dies, and no lock file remains. Returns `None` if folders cannot be
/// locked; DuckDB's own lock must then suffice.
fn lock_folder(path: &Path) -> Result<Option<FileLock>, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder cannot store the name of the holder.
    match File::open(folder).and_then(|folder| FileLock::try_lock(folder, "")) {
        Ok(None) => Err(OpenError::InUse("another run is creating the file".to_owned())),
        lock => Ok(lock.ok().flatten()),
    }
}
