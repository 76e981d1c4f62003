//! The order of a run, and nothing of what its stages do.
//!
//! [`run`]: lock the resources, load what an earlier run left behind, restore state and schema from the
//! destination, extract and normalise into a package at the same time, seal it, load it, report.
//! A run that fails or is stopped before the seal leaves nothing; after it, the package is loaded by this run
//! or by the next one.

mod host;
mod ingest;
mod load_id;
mod lock;
mod queue;
mod recover;
mod report;
mod run;
mod working_dir;

pub use host::{Host, SystemHost};
pub use lock::LockError;
pub use report::{LoadInfo, PackageInfo, PackageOutcome};
pub use run::{RunError, RunOptions, run};
pub use tokio_util::sync::CancellationToken;
pub use working_dir::{WorkingDir, WorkingDirError};
