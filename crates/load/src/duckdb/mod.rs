//! DuckDB, compiled in.

mod column_type;
mod connect;
mod create;
mod load;
mod migrate;
mod options;
mod restore;
mod stage;

use arrow::record_batch::RecordBatch;
use catchment_load_package::SealedPackage;

pub use options::DuckDbOptions;

use crate::{Destination, LoadError, Loaded, Restored};

/// A dataset in a DuckDB file.
///
/// The file is open only while something is read or loaded, so that other processes can have their turn;
/// one that is in use is waited for, as long as the options say. Nothing is ever downloaded.
#[derive(Debug, Clone)]
pub struct DuckDb {
    options: DuckDbOptions,
    dataset: String,
}

impl DuckDb {
    /// The dataset of that name, a schema of the file; both are made when the first package is loaded.
    pub fn new(options: DuckDbOptions, dataset: impl Into<String>) -> DuckDb {
        DuckDb { options, dataset: dataset.into() }
    }
}

impl Destination for DuckDb {
    fn kind(&self) -> &'static str {
        "dlt.destinations.duckdb"
    }

    fn dataset(&self) -> &str {
        &self.dataset
    }

    fn location(&self) -> String {
        format!("duckdb:///{}", self.options.path.display())
    }

    fn max_identifier_length(&self) -> Option<usize> {
        Some(65536)
    }

    fn restore(&self, pipeline: &str, schema: &str) -> Result<Restored, LoadError> {
        if !self.options.path.exists() {
            return Ok(Restored::default());
        }
        restore::restore(&connect::open(&self.options)?, &self.dataset, pipeline, schema)
    }

    fn load(&self, package: &SealedPackage, cancelled: &dyn Fn() -> bool) -> Result<Loaded, LoadError> {
        load::load(&self.options, &self.dataset, package, cancelled)
    }

    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, LoadError> {
        let session = connect::open(&self.options)?;
        session.run("set the dataset", &format!("SET schema = {}", crate::sql::text_literal(&self.dataset)))?;
        session.query("query", sql)
    }
}
