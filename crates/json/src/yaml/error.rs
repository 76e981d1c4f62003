//! What can be wrong with YAML text.

use saphyr_parser::{Marker, ScanError};
use thiserror::Error;

/// Why a text is not a value in YAML, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid YAML at line {line}, column {column}: {problem}")]
pub struct YamlError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
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
