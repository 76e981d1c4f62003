//! Errors of packages.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// An error while writing or reading a package.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// A file system operation failed, for example because the disk is full or permission is denied.
    #[error("failed to {action} {}{}", path.display(), advice(source))]
    Io {
        /// The operation, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The content of a file differs from what was written.
    #[error("{} is corrupt: {problem}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The discrepancy.
        problem: String,
    },
    /// A later version wrote the package.
    #[error("{} has package format {found}, but this version supports formats up to {known}; load it with the version that wrote it", path.display())]
    UnsupportedFormat {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest supported format.
        known: i64,
    },
    /// Another process has locked the package.
    #[error("{} is locked by {holder}; wait for it to finish", path.display())]
    InUse {
        /// The folder of the package.
        path: PathBuf,
        /// The process that holds the lock, such as `process 123`.
        holder: String,
    },
    /// No package has this load id.
    #[error("package {load_id} not found in {}", path.display())]
    NotFound {
        /// The load id.
        load_id: String,
        /// The folder that was searched.
        path: PathBuf,
    },
    /// Another package with the same load id exists.
    #[error("{} already exists; load or remove it first", path.display())]
    AlreadyExists {
        /// The folder of the other package.
        path: PathBuf,
    },
    /// Rows cannot be encoded as Arrow IPC.
    #[error("failed to write rows of table `{table}`")]
    Arrow {
        /// The table.
        table: String,
        /// The cause.
        source: arrow::error::ArrowError,
    },
}

impl PackageError {
    /// Returns true if a retry without any change can succeed.
    pub fn is_retryable(&self) -> bool {
        matches!(self, PackageError::InUse { .. })
    }

    /// Returns true if the content on disk differs from what was written, so the package can never be read.
    pub fn is_corrupt(&self) -> bool {
        matches!(self, PackageError::Corrupt { .. })
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PackageError {
        move |source| PackageError::Io { action, path: path.to_owned(), source }
    }
}

/// The error number for too many open files, which `ErrorKind` has no variant for.
const EMFILE: i32 = 24;

/// Returns a remedy, or an empty string if none is known.
fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; free disk space and run again",
        ErrorKind::PermissionDenied => "; grant this user read and write access",
        ErrorKind::ReadOnlyFilesystem => "; make the file system writable or choose another folder",
        _ if error.raw_os_error() == Some(EMFILE) => "; raise the limit of open files (`ulimit -n`)",
        ErrorKind::NotADirectory => "; a file exists where a folder is needed, move it",
        _ => "",
    }
}
