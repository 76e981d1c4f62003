//! Errors of stored states.

use thiserror::Error;

/// A stored state that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StateError {
    /// The document is not a JSON object.
    #[error("the stored state is {found}; expected an object")]
    NotAnObject {
        /// The JSON type that was found.
        found: &'static str,
    },
    /// The document is not valid JSON.
    #[error("the stored state is not valid JSON")]
    Json(#[from] catchment_json::ParseError),
    /// The document was written by an unsupported version.
    #[error("the stored state has engine version {found}; only version {expected} is supported; use the tool that wrote it")]
    UnsupportedEngineVersion {
        /// The engine version of the document.
        found: i64,
        /// The supported engine version.
        expected: i64,
    },
    /// A part of the document has an unexpected type.
    #[error("the stored state has {found} at `{path}`; expected {expected}")]
    UnexpectedType {
        /// The path of the part.
        path: String,
        /// The expected type.
        expected: &'static str,
        /// The JSON type that was found.
        found: &'static str,
    },
    /// The text cannot be compressed or decompressed.
    #[error("the state cannot be compressed or decompressed")]
    Compression(#[from] std::io::Error),
}
