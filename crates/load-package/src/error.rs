//! What can be wrong with packages.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A package that cannot be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The file system refuses: disk full, no permission, file gone.
    #[error("failed to {action} {}{}", path.display(), advice(source))]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error("{} is damaged: {problem}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// The package was written by a later version.
    #[error("{} has package format {found}, this version reads up to {known}: load it with the version that wrote it", path.display())]
    UnsupportedFormat {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format that is known.
        known: i64,
    },
    /// Somebody is at work on the package.
    #[error("{} is in use by {holder}; wait for it to end", path.display())]
    InUse {
        /// The folder of the package.
        path: PathBuf,
        /// Who is at work on it: `process 123`.
        holder: String,
    },
    /// There is no package of that load id.
    #[error("there is no package {load_id} in {}", path.display())]
    NotFound {
        /// The load id.
        load_id: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A package cannot be put where another one of its load id is.
    #[error("{} is there already: load or remove it first", path.display())]
    AlreadyExists {
        /// The folder of the other one.
        path: PathBuf,
    },
    /// Rows cannot be written as Arrow.
    #[error("failed to write rows of table `{table}`")]
    Arrow {
        /// The table.
        table: String,
        /// Why not.
        source: arrow::error::ArrowError,
    },
}

impl PackageError {
    /// Whether trying again, with nothing changed, may help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, PackageError::InUse { .. })
    }

    /// Whether what is on disk is not what was written, so that it can never be read.
    pub fn is_corrupt(&self) -> bool {
        matches!(self, PackageError::Corrupt { .. })
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PackageError {
        move |source| PackageError::Io { action, path: path.to_owned(), source }
    }
}

/// That the process has as many files open as it may, which `ErrorKind` has no name for.
const EMFILE: i32 = 24;

/// What to do about it, where that is known.
fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room on that disk and run again",
        ErrorKind::PermissionDenied => "; let this user read and write there",
        ErrorKind::ReadOnlyFilesystem => "; make it writable, or choose another folder",
        _ if error.raw_os_error() == Some(EMFILE) => "; let the process open more files, see `ulimit -n`",
        ErrorKind::NotADirectory => "; a file is in the place of a folder, move it away",
        _ => "",
    }
}
