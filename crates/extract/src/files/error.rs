//! Files that cannot be read.

use std::path::PathBuf;

use thiserror::Error;

/// Why a file has no rows.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The pattern is none.
    #[error("{pattern:?} is no pattern of file names")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// It cannot be found or read.
    #[error("failed to read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Its name does not say what is in it.
    #[error("{} has no known ending; there are .json, .jsonl, .ndjson and .csv, each also with .gz", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// It is not JSON.
    #[error("{}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: catchment_json::ParseError,
    },
    /// A line of it is not JSON.
    #[error("{}, line {line}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        source: catchment_json::ParseError,
    },
    /// It is not CSV.
    #[error("{}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and in which line.
        source: csv::Error,
    },
    /// A row names no file.
    #[error("{row} has no `file_url`, the path of a file")]
    MissingFileUrl {
        /// The beginning of the row.
        row: String,
    },
}

impl FileError {
    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> FileError {
        let path = path.to_owned();
        move |source| FileError::Io { path, source }
    }
}
