//! Errors of file resources.

use std::path::PathBuf;

use thiserror::Error;

/// The reason why a file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The pattern is invalid.
    #[error("{pattern:?} is not a valid file name pattern")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// The cause.
        source: glob::PatternError,
    },
    /// The file or folder cannot be found or read.
    #[error("failed to read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file extension is not supported.
    #[error("{} has no supported extension; use .json, .jsonl, .ndjson or .csv, optionally followed by .gz", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The file is not valid JSON.
    #[error("failed to parse {}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: catchment_json::ParseError,
    },
    /// A line of the file is not valid JSON.
    #[error("failed to parse {}, line {line}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line number, from 1.
        line: u64,
        /// The cause.
        source: catchment_json::ParseError,
    },
    /// The file is not valid CSV.
    #[error("failed to parse {}", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// The cause, with the line number.
        source: csv::Error,
    },
    /// Rows are too large for a page.
    #[error("failed to read the rows of {}", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: catchment_json::SerializeError,
    },
    /// A row of the parent resource has no file path.
    #[error("row {row} has no `file_url`; set it to the path of a file")]
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
