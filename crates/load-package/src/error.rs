//! What can be wrong with packages.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A package that cannot be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The file system refuses: disk full, no permission, file gone.
    #[error("failed to {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error("{} is damaged: {problem}; the package cannot be loaded, move {} away to go on without it", path.display(), package.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The folder of the package.
        package: PathBuf,
        /// What was found.
        problem: String,
    },
    /// The package was written by a later version.
    #[error("{} has package format {found}, this version reads up to {known}: load it with the version that wrote it", path.display())]
    TooNew {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format that is known.
        known: i64,
    },
    /// Another process is at work on the package.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The folder of the package.
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

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PackageError {
        move |source| PackageError::Io { action, path: path.to_owned(), source }
    }
}
