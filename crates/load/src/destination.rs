//! The trait of destinations and its types.

use catchment_load_package::SealedPackage;
use catchment_schema::Schema;
use catchment_state::{CursorEntry, CursorEntryKey, State};

use crate::{LoadError, QueryResult};

/// A callback polled between steps and while waiting. If it returns true before the commit, the load is rolled back.
pub type CancelCheck<'c> = &'c dyn Fn() -> bool;

/// A database that stores datasets.
pub trait Destination: Send + Sync {
    /// Returns the name of this kind of destination in stored states, such as `dlt.destinations.duckdb`.
    fn kind(&self) -> &'static str;

    /// Returns the location for display, without secrets.
    fn location(&self) -> String;

    /// Returns the maximum length of table and column names in characters, or `None` if unlimited.
    fn max_identifier_length(&self) -> Option<usize>;

    /// Returns the maximum number of columns of a table, or `None` if unlimited.
    fn max_columns(&self) -> Option<usize>;

    /// Restores the stored state of the pipeline, the stored schema and the last load id of the dataset.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read. A missing dataset yields an empty [`Restored`].
    fn restore(&self, dataset: &str, pipeline: &str, schema: &str, cancelled: CancelCheck<'_>) -> Result<Restored, LoadError>;

    /// Returns the cursor entries of the pipeline that exceed the limit of its state, in any order: boundary rows or parent
    /// cursors.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read. A missing table yields no entries.
    fn cursor_entries(
        &self,
        dataset: &str,
        pipeline: &str,
        key: &CursorEntryKey,
        cancelled: CancelCheck<'_>,
    ) -> Result<Vec<CursorEntry>, LoadError>;

    /// Loads a package into its dataset. Rows, schema and state become visible atomically, and only once if the package is
    /// loaded several times.
    ///
    /// # Errors
    ///
    /// Returns an error if the package cannot be loaded, temporarily or for good. The dataset is then unchanged.
    fn load(&self, package: &SealedPackage, cancelled: CancelCheck<'_>) -> Result<LoadResult, LoadError>;

    /// Executes a query and returns its rows. Unqualified table names refer to `dataset`.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination rejects the query or the dataset does not exist.
    fn query(&self, dataset: &str, sql: &str, cancelled: CancelCheck<'_>) -> Result<QueryResult, LoadError>;
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
}

/// The result of a successful load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadResult {
    /// Whether this load or an earlier one committed the package.
    pub outcome: LoadOutcome,
    /// Warnings for the report, for example about emptied tables and columns changed outside the pipeline.
    pub warnings: Vec<String>,
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
        LoadResult { outcome, warnings: Vec::new() }
    }
}
