//! Errors of runs.

use std::error::Error;
use std::path::PathBuf;

use catchment_extract::ExtractError;
use catchment_load::LoadError;
use catchment_load_package::PackageError;
use catchment_normalize::NormalizeError;
use catchment_schema::InvalidHints;

use crate::drop::DropError;
use crate::pipeline_name::PipelineNameError;
use crate::plan::TableError;
use crate::working_dir::{LockError, SchemaFileError, WorkingDirError};

/// The error of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Another run has locked a resource.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The source failed.
    #[error(transparent)]
    Extract(ExtractError),
    /// A schema file cannot be imported.
    #[error(transparent)]
    SchemaFile(#[from] SchemaFileError),
    /// A resource declares invalid hints.
    #[error(transparent)]
    Declare(#[from] InvalidHints),
    /// The pipeline name is not a valid folder name.
    #[error(transparent)]
    PipelineName(#[from] PipelineNameError),
    /// Resources conflict over a table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A row cannot be normalized.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// A package cannot be written or read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The destination failed.
    #[error(transparent)]
    Load(LoadError),
    /// A resource has pending rows that must be loaded first.
    #[error(
        "resource `{resource}` has pending rows in package {load_id}, which its cursor does not include yet; normalize and \
         load the package before extracting the resource again"
    )]
    PendingRows {
        /// The resource.
        resource: String,
        /// The package.
        load_id: String,
    },
    /// Resources cannot be dropped.
    #[error(transparent)]
    Drop(#[from] DropError),
    /// The working folder cannot be read or written.
    #[error(transparent)]
    WorkingDir(#[from] WorkingDirError),
    /// The working folder has pending packages, so it is not restored from the destination.
    #[error(
        "pipeline `{pipeline}` has pending packages: {}; run the pipeline to load them, or remove them with `catchment pipeline \
         {pipeline} abort-packages`",
        load_ids.join(", ")
    )]
    PendingPackages {
        /// The pipeline.
        pipeline: String,
        /// The load ids, oldest first.
        load_ids: Vec<String>,
    },
    /// The dataset has no state of the pipeline, so its working folder cannot be restored. Nothing was changed.
    #[error(
        "dataset `{dataset}` of {location} has no state of pipeline `{pipeline}`; nothing was changed; check the names of the \
         pipeline, the dataset and the destination"
    )]
    NoStoredState {
        /// The pipeline.
        pipeline: String,
        /// The dataset.
        dataset: String,
        /// The location of the destination.
        location: String,
    },
    /// A resource cannot be backfilled.
    #[error("resource `{resource}` cannot be backfilled: {problem}")]
    Backfill {
        /// The resource.
        resource: String,
        /// The cause.
        problem: String,
    },
    /// A package cannot be loaded now. It is pending, and the next run loads it before it extracts.
    #[error("{source}; package {load_id} was saved; the next run loads it first")]
    LoadDeferred {
        /// The package.
        load_id: String,
        /// The cause.
        source: LoadError,
    },
    /// A package can never be loaded or normalized.
    #[error("package {load_id} cannot be {operation} and was moved to {}: {reason}", path.display())]
    PackageFailed {
        /// The package.
        load_id: String,
        /// The failed operation: `loaded` or `normalized`.
        operation: &'static str,
        /// The folder of the failed package.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// The system cannot start a thread that the run needs.
    #[error("failed to start a thread: {0}; raise the process limit (`ulimit -u`) or lower `normalize.workers`")]
    SpawnThread(#[source] std::io::Error),
    /// The run was cancelled.
    #[error("run cancelled; complete packages are loaded now or by the next run, nothing else was changed")]
    Cancelled,
    /// A thread of the run panicked: a bug in this program.
    #[error("a thread of the run panicked; this is a bug, nothing was changed")]
    Panicked,
}

impl RunError {
    /// Returns true if extracted rows themselves cause the error, so that a retry with them cannot succeed.
    pub(crate) fn is_caused_by_rows(&self) -> bool {
        match self {
            RunError::Normalize(_) => true,
            RunError::Package(error) => error.is_corrupt(),
            _ => false,
        }
    }
}

impl From<ExtractError> for RunError {
    fn from(error: ExtractError) -> Self {
        match error {
            ExtractError::Cancelled { .. } => RunError::Cancelled,
            error => RunError::Extract(error),
        }
    }
}

impl From<LoadError> for RunError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Cancelled => RunError::Cancelled,
            error => RunError::Load(error),
        }
    }
}

/// Returns the message of an error and those of its causes, separated by `separator`. A message that an earlier one contains
/// is omitted, as most messages contain those of their causes.
pub fn error_chain(error: &(dyn Error + 'static), separator: &str) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |&error| error.source()).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}{separator}{cause}");
        }
    }
    text
}
