//! Runs of a pipeline: the order of the stages, without their logic.
//!
//! [`Runner::run`] locks the resources, loads pending packages, restores state and schema, extracts and normalizes into a
//! new package, seals and loads it, and returns a report. A run that fails or is cancelled before it seals the package
//! leaves nothing but checkpoints of resumable resources. A sealed package is loaded by this run or the next one.
//!
//! ```no_run
//! use catchment_extract::Source;
//! use catchment_run::{CancellationToken, RunError, Runner};
//!
//! async fn load(runner: &Runner, source: &Source) -> Result<(), RunError> {
//!     let info = runner.run(source, &CancellationToken::new()).await?;
//!     println!("{info}");
//!     Ok(())
//! }
//! ```
//!
//! - [`Runner`]: a pipeline with its destination and options. [`Runner::extract`], [`Runner::normalize`] and
//!   [`Runner::load`] run the steps separately.
//! - [`Runner::plan_drop`] and [`DropPlan`]: removal of the tables and state of resources. [`Runner::sync`] restores the copies
//!   in the working folder.
//! - [`RunOptions`]: limits and settings of a run.
//! - [`LoadInfo`]: the report of a run; [`RunError`]: its error.
//! - [`WorkingDir`]: the working folder of a pipeline with packages and locks.
//!
//! | feature | effect |
//! |---|---|
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod backfill;
mod drop;
mod engine;
mod environment;
mod error;
mod options;
mod pipeline_name;
mod plan;
mod progress;
mod report;
mod runner;
mod settings;
mod state_edit;
mod steps;
mod sync;
mod threads;
mod working_dir;

pub use catchment_settings::Redactor;
pub use drop::{
    CursorAssignment, CursorAssignmentError, CursorChange, DropError, DropPlan, DropRequest, DroppedTable, ResourcePattern,
    ResourcePatternError, SchemaDrop,
};
pub use environment::{RunEnvironment, SystemEnvironment};
pub use error::{RunError, error_chain};
pub use options::RunOptions;
pub use pipeline_name::{PipelineNameError, validate_pipeline_name};
pub use plan::{LoadIdGenerator, RefreshMode, TableError};
pub use progress::ProgressSink;
pub use report::{
    Diagnostics, ExtractInfo, LoadInfo, NormalizeInfo, NormalizedPackage, PackageInfo, PackageOutcome, RowCounts, RunFailure,
    SyncInfo, SyncedSchema, Trace, Warning,
};
pub use runner::Runner;
pub use settings::{ExtractSettings, LoadSettings, NormalizeSettings};
pub use state_edit::StateEdit;
pub use tokio_util::sync::CancellationToken;
pub use working_dir::{LockError, SchemaFileError, SchemaFiles, WorkingDir, WorkingDirError};
