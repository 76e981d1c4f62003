//! Errors of drops.

use thiserror::Error;

/// The error of a drop. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DropError {
    /// The pipeline has no source of this name.
    #[error("pipeline has no source {name:?}; {hint}")]
    UnknownSource {
        /// The name.
        name: String,
        /// A similar name, or all names.
        hint: String,
    },
    /// A state path is invalid or matches too many values.
    #[error("state path {path:?} cannot be applied: {problem}")]
    StatePath {
        /// The path.
        path: String,
        /// The cause.
        problem: String,
    },
    /// A resource does not have the cursor to set.
    #[error("failed to set the cursor of resource {resource:?}: {problem}")]
    Cursor {
        /// The resource.
        resource: String,
        /// The cause and what to do.
        problem: String,
    },
    /// A value does not have the type of the cursor.
    #[error("cursor `{cursor_path}` of resource `{resource}` cannot be set to {value:?}: expected {expected}, such as {example}")]
    CursorValue {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor_path: String,
        /// The value.
        value: String,
        /// The expected type.
        expected: &'static str,
        /// The current value.
        example: String,
    },
    /// A pending package changes the same resources or state.
    #[error(
        "package {load_id} of pipeline `{pipeline}` is pending and {content}; run the pipeline to load it, or remove it with \
         `catchment pipeline {pipeline} abort-packages`; `catchment pipeline {pipeline} load-package {load_id}` shows it"
    )]
    Pending {
        /// The pipeline.
        pipeline: String,
        /// The package.
        load_id: String,
        /// The conflicting content; completes "the package is pending and …".
        content: String,
    },
    /// Another run has changed the state or a schema of the pipeline since the drop was planned.
    #[error("the drop is stale: {reason}; plan it again")]
    Stale {
        /// The conflict.
        reason: String,
    },
}

impl DropError {
    /// Returns true if the request itself is invalid, so that it fails again.
    ///
    /// ```
    /// use catchment_run::DropError;
    ///
    /// let stale = DropError::Stale { reason: "another run has changed the state".to_owned() };
    /// assert!(!stale.is_invalid_request());
    /// ```
    pub fn is_invalid_request(&self) -> bool {
        !matches!(self, DropError::Pending { .. } | DropError::Stale { .. })
    }
}
