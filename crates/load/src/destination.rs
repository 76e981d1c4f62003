//! What a destination can do.

use catchment_load_package::SealedPackage;
use catchment_schema::Schema;
use catchment_state::{CursorEntry, CursorEntryKey, State};

use crate::{LoadError, QueryResult};

/// Asked between steps and while something is waited for; where it says yes before the commit, nothing changes.
pub type CancelCheck<'c> = &'c dyn Fn() -> bool;

/// A place that datasets live in.
pub trait Destination: Send + Sync {
    /// What stored states call destinations of this kind, `dlt.destinations.duckdb` for one.
    fn kind(&self) -> &'static str;

    /// Where it is, for people; without secrets.
    fn location(&self) -> String;

    /// The most characters that names of tables and columns may have.
    fn max_identifier_length(&self) -> Option<usize>;

    /// The most columns that a table may have.
    fn max_columns(&self) -> Option<usize>;

    /// What the dataset knows of the pipeline and of the schema.
    ///
    /// # Errors
    ///
    /// Where the destination cannot be read. That there is nothing yet is no error.
    fn restore(&self, dataset: &str, pipeline: &str, schema: &str, cancelled: CancelCheck<'_>) -> Result<Restored, LoadError>;

    /// The entries of a cursor of the pipeline that its state has no room for: rows at its last value, or the cursors of
    /// parents. They come in any order.
    ///
    /// # Errors
    ///
    /// Where the destination cannot be read. That there are none is no error.
    fn cursor_entries(
        &self,
        dataset: &str,
        pipeline: &str,
        key: &CursorEntryKey,
        cancelled: CancelCheck<'_>,
    ) -> Result<Vec<CursorEntry>, LoadError>;

    /// Loads a package into the dataset that it names: rows, schema and state become visible together, once,
    /// however often it is loaded.
    ///
    /// # Errors
    ///
    /// Where the package cannot be loaded, or not now; the dataset is as it was.
    fn load(&self, package: &SealedPackage, cancelled: CancelCheck<'_>) -> Result<LoadResult, LoadError>;

    /// The rows of a query, in which names of tables are those of the dataset.
    ///
    /// # Errors
    ///
    /// Where the destination refuses it, or there is no such dataset.
    fn query(&self, dataset: &str, sql: &str, cancelled: CancelCheck<'_>) -> Result<QueryResult, LoadError>;
}

/// What a dataset knows of a pipeline.
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// The state of the last package that was loaded.
    pub state: Option<State>,
    /// The schema of that name, as it was stored last.
    pub schema: Option<Schema>,
    /// The greatest load id of the dataset.
    pub last_load_id: Option<String>,
}

/// A load that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadResult {
    /// Whether the package was loaded now.
    pub outcome: LoadOutcome,
    /// What a person should see: tables that were emptied or changed by hand, memory that was raised.
    pub warnings: Vec<String>,
}

/// How a package came to be in the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadOutcome {
    /// It was loaded now.
    Loaded,
    /// An earlier load had committed it, and its result was lost.
    AlreadyLoaded,
}

impl From<LoadOutcome> for LoadResult {
    fn from(outcome: LoadOutcome) -> LoadResult {
        LoadResult { outcome, warnings: Vec::new() }
    }
}
