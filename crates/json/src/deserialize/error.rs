//! Errors of the conversion of a node to a type.

use std::fmt::Display;

use thiserror::Error;

use crate::error_path;

/// A failed conversion of a [`Node`](crate::Node) to a type, with its location.
///
/// ```
/// use catchment_json::Document;
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Issue {
///     labels: Vec<String>,
/// }
///
/// let page = Document::parse(br#"{"labels": ["bug", 7]}"#.to_vec())?;
/// let error = page.root().deserialize::<Issue>().unwrap_err();
/// assert_eq!(error.to_string(), "failed to deserialize at `labels[1]`: invalid type: integer `7`, expected a string");
/// # Ok::<(), catchment_json::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("failed to deserialize{}: {message}", error_path::location(path))]
pub struct DeserializeError {
    /// The cause, a message of serde or of a `Deserialize` implementation.
    pub message: String,
    /// The path of the failed value as a [`JsonPath`](crate::JsonPath); empty for the outermost value.
    pub path: String,
}

impl DeserializeError {
    pub(super) fn with_parent_key(mut self, key: &str) -> Self {
        error_path::prepend_key(&mut self.path, key);
        self
    }

    pub(crate) fn with_parent_index(mut self, index: usize) -> Self {
        error_path::prepend_index(&mut self.path, index);
        self
    }
}

impl serde::de::Error for DeserializeError {
    fn custom<T: Display>(message: T) -> Self {
        DeserializeError { message: message.to_string(), path: String::new() }
    }
}
