//! The trait of destinations and its types.

use std::collections::BTreeMap;
use std::sync::Arc;

use catchment_load_package::SealedPackage;
use catchment_schema::Schema;
use catchment_state::{CursorEntry, CursorEntryKey, State};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{Capabilities, Dialect, LoadError, RecordBatchStream};

/// The future of an operation of a destination. Dropping it cancels the operation and rolls its transaction back.
pub type DestinationFuture<'d, T> = BoxFuture<'d, Result<T, LoadError>>;

/// A database that stores datasets.
///
/// Operations are cancelled by their token, which aborts a statement in progress; they then return
/// [`LoadError::Cancelled`]. An [`Arc`] of a destination is a destination.
pub trait Destination: Send + Sync {
    /// Returns the name of this kind of destination in stored states, such as `dlt.destinations.duckdb`.
    fn kind(&self) -> &'static str;

    /// Returns the location for display, without secrets.
    fn location(&self) -> String;

    /// Returns what the engine can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// Returns the dialect of queries.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Restores what the dataset has stored, in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read. A missing dataset yields an empty [`Restored`].
    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored>;

    /// Loads a package into its dataset. Rows, schema and state become visible atomically, and only once if the package is
    /// loaded several times. If the load is cancelled before its commit, it is rolled back.
    ///
    /// # Errors
    ///
    /// Returns an error if the package cannot be loaded, temporarily or for good. The dataset is then unchanged.
    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult>;

    /// Executes a query and streams its rows. Unqualified table names refer to `dataset`.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination rejects the query or the dataset does not exist. An error while rows are read is
    /// an item of the stream.
    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream>;
}

impl<D: Destination + ?Sized> Destination for Arc<D> {
    fn kind(&self) -> &'static str {
        D::kind(self)
    }

    fn location(&self) -> String {
        D::location(self)
    }

    fn capabilities(&self) -> &'static Capabilities {
        D::capabilities(self)
    }

    fn dialect(&self) -> &'static dyn Dialect {
        D::dialect(self)
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        D::restore(self, request, stop)
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        D::load(self, package, stop)
    }

    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream> {
        D::query(self, dataset, sql, stop)
    }
}

/// What to restore from a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoreRequest {
    /// The dataset.
    pub dataset: String,
    /// The pipeline whose state is restored.
    pub pipeline: String,
    /// The name of the schema.
    pub schema: String,
    /// The source of `resources`.
    pub source: String,
    /// The resources whose cursor entries beyond the limit of the state are restored.
    pub resources: Vec<String>,
}

/// The state and schema that a dataset has stored.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// The state of the last loaded package.
    pub state: Option<State>,
    /// The most recently stored schema of the requested name.
    pub schema: Option<Schema>,
    /// The greatest load id of the dataset.
    pub last_load_id: Option<String>,
    /// The cursor entries that exceed the limit of the state, in any order: boundary rows or parent cursors.
    pub cursor_entries: BTreeMap<CursorEntryKey, Vec<CursorEntry>>,
}

/// The result of a successful load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadResult {
    /// Whether this load or an earlier one committed the package.
    pub outcome: LoadOutcome,
    /// Warnings for the report, for example about emptied tables and columns changed outside the pipeline.
    pub warnings: Vec<String>,
    /// What the destination charges for, if it reports it.
    pub usage: Option<LoadUsage>,
}

/// What a destination charges for: the jobs of a load. Displays as one line.
///
/// ```
/// let usage = catchment_load::LoadUsage { jobs: 9, bytes_billed: 83_886_080, slot_ms: 1_500 };
/// assert_eq!(usage.to_string(), "9 jobs, 80.0 MiB billed, 1.5 s of slot time");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LoadUsage {
    /// The number of jobs.
    pub jobs: u64,
    /// The bytes that are billed.
    pub bytes_billed: u64,
    /// The time of all workers (slots) in milliseconds.
    pub slot_ms: u64,
}

impl std::fmt::Display for LoadUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let jobs = if self.jobs == 1 { "job" } else { "jobs" };
        let (billed, seconds) = (self.bytes_billed as f64 / f64::from(1 << 20), self.slot_ms as f64 / 1e3);
        write!(f, "{} {jobs}, {billed:.1} MiB billed, {seconds:.1} s of slot time", self.jobs)
    }
}

/// The load that committed a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadOutcome {
    /// This load committed the package.
    Loaded,
    /// An earlier load committed the package, but its result was lost.
    AlreadyLoaded,
}

impl From<LoadOutcome> for LoadResult {
    fn from(outcome: LoadOutcome) -> LoadResult {
        LoadResult { outcome, warnings: Vec::new(), usage: None }
    }
}
