//! Runs that do not load everything.

use std::path::PathBuf;

use catchment_extract::ExtractError;
use catchment_load::LoadError;
use catchment_load_package::PackageError;
use catchment_normalize::NormalizeError;
use catchment_schema::InvalidHints;
use thiserror::Error;

use crate::lock::LockError;
use crate::pipeline_name::PipelineNameError;
use crate::schema_files::SchemaFileError;
use crate::table_conflicts::TableError;

/// Why a run did not load everything.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// Another run has a resource.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The source failed.
    #[error(transparent)]
    Extract(ExtractError),
    /// A schema file cannot be imported.
    #[error(transparent)]
    SchemaFile(#[from] SchemaFileError),
    /// A resource declares what its table cannot be.
    #[error(transparent)]
    Declare(#[from] InvalidHints),
    /// The pipeline has a name that no folder can have.
    #[error(transparent)]
    PipelineName(#[from] PipelineNameError),
    /// Resources would mix their rows in one table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A row cannot be normalised.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// A package cannot be written or read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The destination failed.
    #[error(transparent)]
    Load(LoadError),
    /// Rows of a resource were extracted before, and have to be loaded first.
    #[error(
        "rows of resource `{resource}` wait in package {load_id}; normalize and load them before it is extracted again, \
         as it goes on from where they end"
    )]
    PendingRows {
        /// The resource.
        resource: String,
        /// The package.
        load_id: String,
    },
    /// A resource cannot be loaded in windows.
    #[error("resource `{resource}` cannot be loaded in windows: {problem}")]
    Backfill {
        /// The resource.
        resource: String,
        /// Why not.
        problem: String,
    },
    /// A package cannot be loaded now. It waits, and the next run loads it before it extracts.
    #[error("{source}; package {load_id} is complete and kept, the next run loads it first")]
    LoadDeferred {
        /// The package.
        load_id: String,
        /// Why not.
        source: LoadError,
    },
    /// A package can never be loaded or normalised as it is.
    #[error("package {load_id} cannot be {task} and was set aside in {}: {reason}", path.display())]
    PackageFailed {
        /// The package.
        load_id: String,
        /// What it could not be: `loaded` or `normalized`.
        task: &'static str,
        /// Where it is.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The system has no room for a thread that the run needs.
    #[error("failed to start a thread: {0}; raise the limit of processes (`ulimit -u`), or lower `normalize.workers`")]
    SpawnThread(#[source] std::io::Error),
    /// The run was told to stop.
    #[error("stopped; what was complete is loaded or will be by the next run, and nothing else was changed")]
    Cancelled,
    /// A thread of the run panicked: a bug in this program.
    #[error("a thread of the run ended unexpectedly; this is a bug, and nothing was changed")]
    Panicked,
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
