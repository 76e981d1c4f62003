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
//! - [`RunOptions`]: limits and settings of a run.
//! - [`LoadInfo`]: the report of a run; [`RunError`]: its error.
//! - [`WorkingDir`]: the working folder of a pipeline with packages and locks.
//!
//! | feature | effect |
//! |---|---|
//! | `failpoints` | Compiles in failpoints, at which tests end the process. |

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
mod pending;
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
mod working_dir;

pub use catchment_settings::Redactor;
pub use error::RunError;
pub use host::{RunEnvironment, SystemEnvironment};
pub use load_id::LoadIdGenerator;
pub use lock::LockError;
pub use options::RunOptions;
pub use pipeline_name::{PipelineNameError, validate_pipeline_name};
pub use progress::ProgressSink;
pub use refresh::RefreshMode;
pub use report::{
    Diagnostics, ExtractInfo, LoadInfo, NormalizeInfo, NormalizedPackage, PackageInfo, PackageOutcome, RowCounts, RunFailure,
    Trace, Warning,
};
pub use runner::Runner;
pub use schema_files::{SchemaFileError, SchemaFiles};
pub use settings::{ExtractSettings, LoadSettings, NormalizeSettings};
pub use state_edit::StateEdit;
pub use table_conflicts::TableError;
pub use tokio_util::sync::CancellationToken;
pub use working_dir::{WorkingDir, WorkingDirError};
