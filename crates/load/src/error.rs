//! Packages that do not get loaded.

use std::time::Duration;

use catchment_load_package::PackageError;
use catchment_state::{MergeConflict, StateError};
use thiserror::Error;

use crate::UnknownName;

/// Why a destination did not do what it was asked to. The dataset is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The destination cannot be opened.
    #[error("failed to open {location}: {reason}")]
    Open {
        /// Where it is.
        location: String,
        /// What it says.
        reason: String,
    },
    /// Another process has the destination, and did not let go of it in time.
    #[error("{location} is in use by another process, and was for {} s: {reason}", waited.as_secs())]
    LockTimeout {
        /// Where it is.
        location: String,
        /// How long was waited.
        waited: Duration,
        /// What it says.
        reason: String,
    },
    /// The destination refuses a step.
    #[error("failed to {step} in {location}: {reason}")]
    Statement {
        /// What was tried, with the table that it was tried with.
        step: String,
        /// Where.
        location: String,
        /// What the destination says.
        reason: String,
        /// Whether the rows or the schema are to blame, so that trying again cannot help.
        terminal: bool,
    },
    /// The destination ran out of memory.
    #[error("failed to {step} in {location}: {reason}")]
    OutOfMemory {
        /// What was tried, with the table that it was tried with.
        step: String,
        /// Where.
        location: String,
        /// The memory that it was allowed, what the destination says, and what to do.
        reason: String,
    },
    /// Loading the package ended the process, each time that it was tried.
    #[error(
        "loading the package ended the process {loads} times, the last ones at {step}: the rows there may be too large for the \
         memory of this machine"
    )]
    ProcessCrash {
        /// How often the process ended.
        loads: u32,
        /// The step at which it ended.
        step: String,
    },
    /// The destination cannot have a dataset of this name.
    #[error("{location} cannot have a dataset named {name:?}: {reason}")]
    DatasetName {
        /// The name.
        name: String,
        /// Where.
        location: String,
        /// Why not.
        reason: &'static str,
    },
    /// A table has no room for a value.
    #[error(transparent)]
    ValueRejected(#[from] Box<RejectedValue>),
    /// Another run has moved on what this package changes too.
    #[error("the package is stale: {reason}; its rows were read from a state that is no longer that of the dataset")]
    Stale {
        /// What was moved on.
        reason: String,
    },
    /// The run was told to stop.
    #[error("stopped before the package was loaded; the next run loads it")]
    Cancelled,
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// What the dataset has stored cannot be read.
    #[error("failed to read what {location} has stored of the pipeline: {reason}")]
    CorruptMetadata {
        /// Where.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A query names a table or a column that the dataset does not have.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
    /// The state cannot be written.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A value that a table has no room for.
#[derive(Debug, Error)]
#[error(
    "failed to load table `{table}` into {location}: column `{column}` is {column_type} there, and cannot hold {value:?}; \
     correct the rows at the source, or change the column ({reason})"
)]
pub struct RejectedValue {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What the destination calls its type.
    pub column_type: String,
    /// The value, shortened.
    pub value: String,
    /// Where the table is.
    pub location: String,
    /// What the destination says.
    pub reason: String,
}

impl LoadError {
    /// Whether trying again later, with nothing changed, may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            LoadError::Open { .. } | LoadError::LockTimeout { .. } | LoadError::OutOfMemory { .. } | LoadError::Cancelled => true,
            LoadError::Statement { terminal, .. } => !terminal,
            LoadError::Package(error) => error.is_retryable(),
            LoadError::ValueRejected(_)
            | LoadError::ProcessCrash { .. }
            | LoadError::DatasetName { .. }
            | LoadError::Stale { .. }
            | LoadError::CorruptMetadata { .. }
            | LoadError::UnknownName(_)
            | LoadError::State(_) => false,
        }
    }

    /// Whether the package can never be loaded as it is.
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
