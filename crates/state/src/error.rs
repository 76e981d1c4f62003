//! What can be wrong with a stored state.

use thiserror::Error;

/// A stored state that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is not a JSON object.
    #[error("the stored state is {found}, an object was expected")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// It is not JSON.
    #[error("the stored state cannot be read")]
    Json(#[from] catchment_json::ParseError),
    /// It was written by a version that this one does not know.
    #[error("the stored state has engine version {found}, this version reads {expected}")]
    UnsupportedEngineVersion {
        /// Its engine version.
        found: i64,
        /// The one that can be read.
        expected: i64,
    },
    /// A part of it is of another kind than it must be.
    #[error("the stored state has {found} at `{path}`, {expected} was expected")]
    UnexpectedType {
        /// The path of the part.
        path: String,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// It cannot be packed or unpacked.
    #[error("the stored state cannot be decompressed")]
    Compression(#[from] std::io::Error),
}
