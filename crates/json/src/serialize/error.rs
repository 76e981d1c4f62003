//! What can be wrong with what is serialized.

use std::fmt::Display;

use thiserror::Error;

/// Why something cannot become a [`Value`](crate::Value), and where in it.
///
/// ```
/// use std::collections::BTreeMap;
///
/// let row = BTreeMap::from([("tags", [BTreeMap::from([((1, 2), "a tuple as a key")])])]);
/// let error = catchment_json::to_value(&row).unwrap_err();
/// assert_eq!(error.path, "tags[0]");
/// assert_eq!(error.to_string(), "failed to serialize at `tags[0]`: a map key must be text, found a list");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("failed to serialize{}: {kind}", place(path))]
pub struct SerializeError {
    /// What is wrong.
    pub kind: SerializeErrorKind,
    /// The way to it from the outermost value, as a [`JsonPath`](crate::JsonPath) has it; empty for that value itself.
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
    /// The key of a map has no text.
    #[error("a map key must be text, found {found}")]
    InvalidKey {
        /// What it is: `a list`, `null` …
        found: &'static str,
    },
    /// A `Serialize` implementation gave up.
    #[error("{message}")]
    Custom {
        /// Why, in its words.
        message: String,
    },
}

impl SerializeError {
    /// A key that has no text.
    pub(super) fn key(found: &'static str) -> Self {
        SerializeError { kind: SerializeErrorKind::InvalidKey { found }, path: String::new() }
    }

    /// The error, seen from the object that has what failed under `key`.
    pub(super) fn with_parent_key(self, key: &str) -> Self {
        let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        match plain {
            true => self.inside(key),
            false if key.contains('\'') => self.inside(&format!("[\"{key}\"]")),
            false => self.inside(&format!("['{key}']")),
        }
    }

    /// The error, seen from the list that has what failed at `index`.
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

fn place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}

impl serde::ser::Error for SerializeError {
    fn custom<T: Display>(message: T) -> Self {
        SerializeError { kind: SerializeErrorKind::Custom { message: message.to_string() }, path: String::new() }
    }
}
