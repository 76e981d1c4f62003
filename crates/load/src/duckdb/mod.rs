//! DuckDB, compiled in.

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
mod refused_value;
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

/// A DuckDB file. Its datasets are schemas of it.
///
/// The file is made when the first package is loaded. It is open only while something is read or loaded, so that other processes can have their turn;
/// one that is in use is waited for, as long as the options say. Nothing is ever downloaded.
#[derive(Debug, Clone)]
pub struct DuckDb {
    options: DuckDbOptions,
}

impl DuckDb {
    /// The file at `path`, with the defaults of [`DuckDbOptions`].
    pub fn new(path: impl Into<PathBuf>) -> DuckDb {
        DuckDb::with_options(DuckDbOptions::new(path))
    }

    /// The file of these options.
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

    /// DuckDB has no limit, but takes 64 KiB and more of memory for each column while it loads.
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
            let reason = "there is no such file; nothing was loaded into it yet".to_owned();
            return Err(LoadError::Open { location: self.options.path.display().to_string(), reason });
        }
        connect::with_session(&self.options, cancelled, |session| {
            session.execute(&format!("use the dataset `{dataset}`"), &format!("USE {}", session.dataset(dataset)))?;
            session.query("query", sql)
        })
    }
}

/// Why DuckDB can have no schema of this name.
fn refused_dataset_name(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "" => Some("the name is empty"),
        "information_schema" | "pg_catalog" => Some("DuckDB keeps this schema for itself"),
        name if name.contains('\0') => Some("the name has a zero byte"),
        _ => None,
    }
}
