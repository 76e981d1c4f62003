//! What a destination can do.

use arrow::record_batch::RecordBatch;
use catchment_load_package::SealedPackage;
use catchment_schema::Schema;
use catchment_state::State;

use crate::LoadError;

/// A place that datasets live in.
pub trait Destination: Send + Sync {
    /// What stored states call destinations of this kind, `dlt.destinations.duckdb` for one.
    fn kind(&self) -> &'static str;

    /// The dataset that packages are loaded into.
    fn dataset(&self) -> &str;

    /// Where it is, for people; without secrets.
    fn location(&self) -> String;

    /// The most characters that names of tables and columns may have.
    fn max_identifier_length(&self) -> Option<usize>;

    /// What the dataset knows of the pipeline and of the schema.
    ///
    /// # Errors
    ///
    /// Where the destination cannot be read. That there is nothing yet is no error.
    fn restore(&self, pipeline: &str, schema: &str) -> Result<Restored, LoadError>;

    /// Loads a package: its rows, schema and state become visible together, once, however often it is loaded.
    ///
    /// `cancelled` is asked between steps; where it says yes before the commit, nothing has changed.
    ///
    /// # Errors
    ///
    /// Where the package cannot be loaded, or not now; the dataset is as it was.
    fn load(&self, package: &SealedPackage, cancelled: &dyn Fn() -> bool) -> Result<Loaded, LoadError>;

    /// The rows of a query.
    ///
    /// # Errors
    ///
    /// Where the destination refuses it.
    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, LoadError>;
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

/// How a package came to be in the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// It was loaded now.
    Now,
    /// It had been loaded before, and only the answer was lost.
    Before,
}
