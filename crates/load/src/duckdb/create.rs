//! Making a database file.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use catchment_load_package::FileLock;
use duckdb::Connection;

use super::DuckDbOptions;
use super::connect::{OpenError, config};
use super::memory::MemoryController;

/// Makes the file where it is missing, whole or not at all.
///
/// DuckDB writes the headers of a new file one by one, and cannot open what a process that was killed meanwhile
/// has left. So the file is made under another name, and linked to its own when it is complete; where another
/// program was quicker, its file stays. What a process that was killed has left under the other name is removed by the
/// next one.
pub(super) fn create_if_missing(options: &DuckDbOptions, memory: &MemoryController) -> Result<(), OpenError> {
    let path = &options.path;
    let unfinished = NewDatabaseFile(path.with_added_extension("catchment-new"));
    if path.exists() {
        // what cannot be removed, from a file system that is read-only, harms nobody
        let _ = unfinished.remove();
        return Ok(());
    }
    let _lock = lock_folder(path)?;
    unfinished.remove().map_err(failed)?;
    let made = unfinished.create(options, memory).and_then(|()| unfinished.link(path));
    #[cfg(feature = "failpoints")]
    fail::fail_point!("duckdb::file_linked");
    // Left over where making failed; otherwise a second name of the file.
    made.and(unfinished.remove().map_err(failed))
}

fn failed(error: Error) -> OpenError {
    OpenError::Failed(error.to_string())
}

/// The file that is being made, which its lock allows nobody else to touch.
struct NewDatabaseFile(PathBuf);

impl NewDatabaseFile {
    /// Removes it, and the log of changes that DuckDB keeps beside it.
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
        #[cfg(feature = "failpoints")]
        fail::fail_point!("duckdb::file_made");
        match std::fs::hard_link(&self.0, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            // Some file systems have no links.
            Err(_) => std::fs::rename(&self.0, path).map_err(failed),
            Ok(()) => Ok(()),
        }
    }
}

/// The right to make `path`, which the operating system gives back when the process dies, and of which nothing is left: a
/// lock on the folder. Where folders cannot be locked everybody has it, and DuckDB's own lock must do.
fn lock_folder(path: &Path) -> Result<Option<FileLock>, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // nobody can be noted in a folder
    match File::open(folder).and_then(|folder| FileLock::try_lock(folder, "")) {
        Ok(None) => Err(OpenError::InUse("another run is making it".to_owned())),
        lock => Ok(lock.ok().flatten()),
    }
}
