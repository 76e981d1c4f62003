//! Errors of the conversion to a value.

use std::fmt::Display;

use thiserror::Error;

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
#[error("failed to serialize{}: {kind}", location(path))]
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
    pub(super) fn with_parent_key(self, key: &str) -> Self {
        let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match plain {
            true => self.inside(key),
            false if key.contains('\'') => self.inside(&format!("[\"{key}\"]")),
            false => self.inside(&format!("['{key}']")),
        }
    }

    /// Prepends `index` in the parent list to the path.
    pub(super) fn with_parent_index(self, index: usize) -> Self {
        self.inside(&format!("[{index}]"))
    }

    fn inside(mut self, step: &str) -> Self {
        if !(self.path.is_empty() || self.path.starts_with('[')) {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, step);
        self
    }
}

fn location(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}

impl serde::ser::Error for SerializeError {
    fn custom<T: Display>(message: T) -> Self {
        SerializeError { kind: SerializeErrorKind::Custom { message: message.to_string() }, path: String::new() }
    }
}
