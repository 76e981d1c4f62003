//! Errors of the YAML parser.

use saphyr_parser::{Marker, ScanError};
use thiserror::Error;

/// A YAML syntax error and its position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid YAML at line {line}, column {column}: {problem}")]
pub struct YamlError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The cause.
    pub problem: String,
}

impl YamlError {
    pub(super) fn at(marker: &Marker, problem: impl Into<String>) -> Self {
        YamlError { line: marker.line(), column: marker.col() + 1, problem: problem.into() }
    }
}

impl From<ScanError> for YamlError {
    fn from(error: ScanError) -> Self {
        YamlError::at(error.marker(), error.info())
    }
}
