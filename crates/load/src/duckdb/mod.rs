//! The DuckDB adapter.

mod column_type;
mod connect;
mod create;
mod cursor_entries;
mod drift;
mod existing_tables;
mod load;
mod memory;
mod memory_limit;
mod memory_need;
mod merge;
mod migrate;
mod options;
mod process_lock;
mod rejected_value;
mod restore;
mod rows;
mod settings;
mod stage;
mod system_tables;
mod transaction;
mod type_mismatch;
mod widen;

use std::path::PathBuf;

use catchment_load_package::SealedPackage;
use catchment_state::{CursorEntry, CursorEntryKey};

pub use memory_limit::{InvalidMemoryLimit, MemoryLimit};
pub use options::DuckDbOptions;
pub use settings::DuckDbSettings;

use crate::{CancelCheck, Destination, LoadError, LoadResult, QueryResult, Restored};

/// A destination in a DuckDB file, with one schema per dataset.
///
/// The first load creates the file. The file is open only during a load or query, so that other processes can use it. The
/// adapter waits up to [`DuckDbOptions::wait`] for a locked file. It never downloads anything.
#[derive(Debug, Clone)]
pub struct DuckDb {
    options: DuckDbOptions,
}

impl DuckDb {
    /// Creates a destination for the file at `path` with the default [`DuckDbOptions`].
    pub fn new(path: impl Into<PathBuf>) -> DuckDb {
        DuckDb::with_options(DuckDbOptions::new(path))
    }

    /// Creates a destination with `options`.
    pub fn with_options(options: DuckDbOptions) -> DuckDb {
        DuckDb { options }
    }
}

impl Destination for DuckDb {
    fn kind(&self) -> &'static str {
        "dlt.destinations.duckdb"
    }

    fn location(&self) -> String {
        format!("duckdb:///{}", self.options.path.display())
    }

    fn max_identifier_length(&self) -> Option<usize> {
        Some(65536)
    }

    /// Returns 5000. DuckDB has no limit, but needs at least 64 KiB of memory per column during a load.
    fn max_columns(&self) -> Option<usize> {
        Some(5000)
    }

    fn restore(&self, dataset: &str, pipeline: &str, schema: &str, cancelled: CancelCheck<'_>) -> Result<Restored, LoadError> {
        if let Some(reason) = refused_dataset_name(dataset) {
            return Err(LoadError::DatasetName { name: dataset.to_owned(), location: self.location(), reason });
        }
        if !self.options.path.exists() {
            return Ok(Restored::default());
        }
        connect::with_session(&self.options, cancelled, |session| restore::restore(session, dataset, pipeline, schema))
    }

    fn cursor_entries(
        &self,
        dataset: &str,
        pipeline: &str,
        key: &CursorEntryKey,
        cancelled: CancelCheck<'_>,
    ) -> Result<Vec<CursorEntry>, LoadError> {
        if !self.options.path.exists() {
            return Ok(Vec::new());
        }
        connect::with_session(&self.options, cancelled, |session| {
            cursor_entries::read(session, session.dataset(dataset), pipeline, key)
        })
    }

    fn load(&self, package: &SealedPackage, cancelled: CancelCheck<'_>) -> Result<LoadResult, LoadError> {
        load::load(&self.options, package, cancelled)
    }

    fn query(&self, dataset: &str, sql: &str, cancelled: CancelCheck<'_>) -> Result<QueryResult, LoadError> {
        if !self.options.path.exists() {
            let reason = "the file does not exist; nothing has been loaded yet".to_owned();
            return Err(LoadError::Open { location: self.options.path.display().to_string(), reason });
        }
        connect::with_session(&self.options, cancelled, |session| {
            session.execute(&format!("use the dataset `{dataset}`"), &format!("USE {}", session.dataset(dataset)))?;
            session.query("query", sql)
        })
    }
}

/// Returns the reason why DuckDB cannot create a schema of this name, or `None` if it can.
fn refused_dataset_name(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "" => Some("the name is empty"),
        "information_schema" | "pg_catalog" => Some("DuckDB reserves this schema"),
        name if name.contains('\0') => Some("the name contains a NUL byte"),
        _ => None,
    }
}
