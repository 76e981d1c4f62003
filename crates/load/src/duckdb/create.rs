//! Making a database file.

use std::path::Path;

use duckdb::Connection;

use super::DuckDbOptions;
use super::connect::config;
use crate::LoadError;

/// Makes the file where it is missing, whole or not at all.
///
/// DuckDB writes the headers of a new file one by one, and cannot open what a process that was killed meanwhile
/// has left. So the file is made under another name, and linked to its own when it is complete; where another
/// process was quicker, its file stays.
pub(super) fn create_if_missing(options: &DuckDbOptions) -> Result<(), LoadError> {
    let path = &options.path;
    if path.exists() {
        return Ok(());
    }
    // Another part of this process may be about to make it too.
    let unfinished = path.with_added_extension(format!("new{}_{:?}", std::process::id(), std::thread::current().id()));
    let made = make(options, &unfinished).and_then(|()| link(&unfinished, path));
    #[cfg(feature = "failpoints")]
    fail::fail_point!("duckdb::file_linked");
    // Left over where making failed; otherwise a second name of the file.
    let _ = std::fs::remove_file(&unfinished);
    made.map_err(|reason| LoadError::Open { location: path.display().to_string(), reason })
}

fn make(options: &DuckDbOptions, unfinished: &Path) -> Result<(), String> {
    let connection = config(options).and_then(|config| Connection::open_with_flags(unfinished, config));
    let closed = connection.and_then(|connection| connection.close().map_err(|(_, error)| error));
    closed.map_err(|error| error.to_string())?;
    std::fs::File::open(unfinished).and_then(|file| file.sync_all()).map_err(|error| error.to_string())
}

fn link(unfinished: &Path, path: &Path) -> Result<(), String> {
    #[cfg(feature = "failpoints")]
    fail::fail_point!("duckdb::file_made");
    match std::fs::hard_link(unfinished, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems have no links.
        Err(_) => std::fs::rename(unfinished, path).map_err(|error| error.to_string()),
        Ok(()) => Ok(()),
    }
}
