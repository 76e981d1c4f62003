//! The order of a run, and nothing of what its stages do.
//!
//! [`Runner::run`]: lock the resources, load what an earlier run left behind, restore state and schema from the
//! destination, extract and normalise into a package at the same time, seal it, load it, report.
//! A run that fails or is stopped before the seal leaves nothing; after it, the package is loaded by this run
//! or by the next one. [`Runner::extract`], [`Runner::normalize`] and [`Runner::load`] are its steps one by one.

mod backfill;
mod error;
mod extract_to_disk;
mod host;
mod ingest;
mod load_id;
mod lock;
mod normalize;
mod options;
mod package;
mod package_failure;
mod package_plan;
mod pipeline_name;
mod progress;
mod queue;
mod recover;
mod refresh;
mod report;
mod row_source;
mod runner;
mod schema_files;
mod settings;
mod state_edit;
mod table_conflicts;
mod table_names;
mod threads;
mod waiting;
mod working_dir;

pub use error::RunError;
pub use host::{RunEnvironment, SystemEnvironment};
pub use load_id::LoadIdGenerator;
pub use lock::LockError;
pub use options::RunOptions;
pub use pipeline_name::{PipelineNameError, validate_pipeline_name};
pub use progress::ProgressSink;
pub use refresh::RefreshMode;
pub use report::{
    Diagnostics, ExtractInfo, LoadInfo, NormalizeInfo, NormalizedPackage, PackageInfo, PackageOutcome, RowCounts, Trace, Warning,
};
pub use runner::Runner;
pub use schema_files::{SchemaFileError, SchemaFiles};
pub use settings::{ExtractSettings, LoadSettings, NormalizeSettings};
pub use state_edit::StateEdit;
pub use table_conflicts::TableError;
pub use tokio_util::sync::CancellationToken;
pub use working_dir::{WorkingDir, WorkingDirError};
