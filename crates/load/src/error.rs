//! Errors of destinations.

use std::time::Duration;

use catchment_load_package::PackageError;
use catchment_state::{MergeConflict, StateError};
use thiserror::Error;

/// An error of a destination. The dataset is unchanged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The destination cannot be opened.
    #[error("failed to open {location}: {reason}")]
    Open {
        /// The location of the destination.
        location: String,
        /// The message of the destination.
        reason: String,
    },
    /// Another process or run holds the lock of the destination and did not release it in time.
    #[error("timed out after {} s waiting for the lock on {location}: {reason}", waited.as_secs())]
    LockTimeout {
        /// The location of the destination.
        location: String,
        /// The time waited.
        waited: Duration,
        /// The message of the destination.
        reason: String,
    },
    /// The destination rejected a statement.
    #[error("failed to {step} in {location}: {reason}")]
    Statement {
        /// The failed step with its table; completes "failed to …".
        step: String,
        /// The location of the destination.
        location: String,
        /// The message of the destination.
        reason: String,
        /// Whether the rows or the schema caused the error, so that a retry cannot succeed.
        terminal: bool,
    },
    /// The destination is temporarily unavailable: the connection was lost, the server restarts, or locks or resources were not
    /// available in time.
    #[error("failed to {step} in {location}: {reason}")]
    Unavailable {
        /// The failed step with its table; completes "failed to …".
        step: String,
        /// The location of the destination.
        location: String,
        /// The message of the destination.
        reason: String,
    },
    /// The destination ran out of memory.
    #[error("failed to {step} in {location}: {reason}")]
    OutOfMemory {
        /// The failed step with its table; completes "failed to …".
        step: String,
        /// The location of the destination.
        location: String,
        /// The memory limit, the message of the destination and a remedy.
        reason: String,
    },
    /// The process crashed repeatedly while it loaded the package.
    #[error(
        "loading the package crashed the process {loads} times, most recently at {step}: its rows may be too large for the \
         memory of this machine; retry the package on a machine with more memory"
    )]
    ProcessCrash {
        /// The number of crashes.
        loads: u32,
        /// The step of the most recent crashes.
        step: String,
    },
    /// The destination does not support the dataset name.
    #[error("dataset name {name:?} is not valid: {reason}; choose another name ({location})")]
    DatasetName {
        /// The name.
        name: String,
        /// The location of the destination.
        location: String,
        /// The cause.
        reason: &'static str,
    },
    /// A column cannot store a value.
    #[error(transparent)]
    ValueRejected(#[from] Box<RejectedValue>),
    /// Another run has changed state or schema that this package also changes.
    #[error("the package is stale: {reason}; remove the package, and the next run extracts its rows again")]
    Stale {
        /// The conflict.
        reason: String,
    },
    /// The run was cancelled.
    #[error("load cancelled; the next run loads the package")]
    Cancelled,
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The stored state or schema cannot be read.
    #[error("failed to read the state or schema stored in {location}: {reason}")]
    CorruptMetadata {
        /// The location of the destination.
        location: String,
        /// The cause.
        reason: String,
    },
    /// Other loads changed the tables of the package while its rows were staged.
    #[error("other loads changed the tables of the package in {location} while its rows were staged")]
    DatasetChanged {
        /// The location of the destination.
        location: String,
    },
    /// A thread for a blocking driver cannot be started.
    #[error("failed to start a thread for the destination: {0}; raise the process limit (`ulimit -u`)")]
    SpawnThread(#[source] std::io::Error),
    /// A thread of the destination panicked.
    #[error("a thread of the destination panicked; this is a bug in Catchment")]
    Panicked,
    /// The state cannot be encoded.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A value that a column cannot store.
#[derive(Debug, Error)]
#[error(
    "failed to load table `{table}` into {location}: column `{column}` has type {column_type} and cannot store {value:?}; \
     correct the rows at the source or change the column type ({reason})"
)]
pub struct RejectedValue {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type of the column in the destination.
    pub column_type: String,
    /// The value, truncated.
    pub value: String,
    /// The location of the destination.
    pub location: String,
    /// The message of the destination.
    pub reason: String,
}

impl LoadError {
    /// Returns true if a later retry without any change can succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            LoadError::Open { .. }
            | LoadError::LockTimeout { .. }
            | LoadError::Unavailable { .. }
            | LoadError::OutOfMemory { .. }
            | LoadError::DatasetChanged { .. }
            | LoadError::SpawnThread(_)
            | LoadError::Cancelled => true,
            LoadError::Statement { terminal, .. } => !terminal,
            LoadError::Package(error) => error.is_retryable(),
            LoadError::ValueRejected(_)
            | LoadError::ProcessCrash { .. }
            | LoadError::DatasetName { .. }
            | LoadError::Stale { .. }
            | LoadError::CorruptMetadata { .. }
            | LoadError::Panicked
            | LoadError::State(_) => false,
        }
    }

    /// Returns true if the package can never be loaded.
    pub fn is_terminal(&self) -> bool {
        match self {
            LoadError::ValueRejected(_)
            | LoadError::ProcessCrash { .. }
            | LoadError::Stale { .. }
            | LoadError::Statement { terminal: true, .. } => true,
            LoadError::Package(error) => error.is_corrupt(),
            _ => false,
        }
    }
}

impl From<MergeConflict> for LoadError {
    fn from(conflict: MergeConflict) -> Self {
        LoadError::Stale { reason: conflict.to_string() }
    }
}
