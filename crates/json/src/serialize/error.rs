//! Errors of the conversion to a value.

use std::fmt::Display;

use thiserror::Error;

use crate::error_path;

/// A failed conversion to a [`Value`](crate::Value), with its location.
///
/// ```
/// use std::collections::BTreeMap;
///
/// let row = BTreeMap::from([("tags", [BTreeMap::from([((1, 2), "a tuple as a key")])])]);
/// let error = catchment_json::to_value(&row).unwrap_err();
/// assert_eq!(error.path, "tags[0]");
/// assert_eq!(error.to_string(), "failed to serialize at `tags[0]`: a map key must be a string, found a list");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("failed to serialize{}: {kind}", error_path::location(path))]
pub struct SerializeError {
    /// The cause.
    pub kind: SerializeErrorKind,
    /// The path of the failed value as a [`JsonPath`](crate::JsonPath); empty for the outermost value.
    pub path: String,
}

/// The kinds of [`SerializeError`].
///
/// ```
/// use catchment_json::{SerializeErrorKind, to_value};
///
/// let error = to_value(&std::collections::BTreeMap::from([((), 1)])).unwrap_err();
/// assert_eq!(error.kind, SerializeErrorKind::InvalidKey { found: "null" });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SerializeErrorKind {
    /// A map key has no string form.
    #[error("a map key must be a string, found {found}")]
    InvalidKey {
        /// The type of the key, such as `a list` or `null`.
        found: &'static str,
    },
    /// A `Serialize` implementation returned an error.
    #[error("{message}")]
    Custom {
        /// The message of the implementation.
        message: String,
    },
}

impl SerializeError {
    /// Creates an error for a key of type `found`.
    pub(super) fn key(found: &'static str) -> Self {
        SerializeError { kind: SerializeErrorKind::InvalidKey { found }, path: String::new() }
    }

    /// Prepends `key` of the parent object to the path.
    pub(super) fn with_parent_key(mut self, key: &str) -> Self {
        error_path::prepend_key(&mut self.path, key);
        self
    }

    /// Prepends `index` in the parent list to the path.
    pub(crate) fn with_parent_index(mut self, index: usize) -> Self {
        error_path::prepend_index(&mut self.path, index);
        self
    }
}

impl serde::ser::Error for SerializeError {
    fn custom<T: Display>(message: T) -> Self {
        SerializeError { kind: SerializeErrorKind::Custom { message: message.to_string() }, path: String::new() }
    }
}
