//! The type [`DuckDb`].

use std::path::PathBuf;
use std::sync::Arc;

use catchment_load::sql::{self, Dialect};
use catchment_load::{
    Capabilities, CommitScope, Destination, DestinationFuture, IdentifierCase, IdentifierCharacters, IdentifierRules, LengthUnit,
    LoadAttempt, LoadError, LoadResult, RecordBatchStream, RestoreRequest, Restored, RowFormat,
};
use catchment_load_package::SealedPackage;
use catchment_schema::{MergeStrategy, TimestampUnit};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::connector::DuckDbConnector;
use crate::dialect::DuckDbDialect;
use crate::{DuckDbOptions, blocking, query};

/// A destination in a DuckDB file, with one schema per dataset.
///
/// The first load creates the file. The file is open only during a load or query, so that other processes can use it. The
/// adapter waits up to [`DuckDbOptions::wait`] for a locked file. It never downloads anything.
#[derive(Debug, Clone)]
pub struct DuckDb {
    options: DuckDbOptions,
}

/// What DuckDB can do.
pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    identifiers: IdentifierRules {
        max_length: 65536,
        length_unit: LengthUnit::Characters,
        case: IdentifierCase::Insensitive,
        characters: IdentifierCharacters::All,
    },
    // DuckDB has no limit, but needs at least 64 KiB of memory per column during a load.
    max_columns: Some(5000),
    commit_scope: CommitScope::Package,
    transactional_ddl: true,
    max_tables_in_transaction: None,
    merge_strategies: &MergeStrategy::ALL,
    nested_types: true,
    decimal_precision: 38,
    timestamp_unit: TimestampUnit::Microsecond,
    local_timestamp_unit: Some(TimestampUnit::Nanosecond),
    text_with_nul: true,
    row_format: RowFormat::Arrow,
};

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

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &DuckDbDialect
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        Box::pin(async move {
            if let Some(reason) = refused_dataset_name(&request.dataset) {
                let (name, location) = (request.dataset.clone(), self.location());
                return Err(LoadError::DatasetName { name, location, reason });
            }
            if !self.options.path.exists() {
                return Ok(Restored::default());
            }
            let (options, request, runtime) = (self.options.clone(), request.clone(), Handle::current());
            blocking::run(stop, move |task| {
                let connector = DuckDbConnector::new(options, task);
                connector.with_session(|session| runtime.block_on(sql::restore(session, &DuckDbDialect, &request)))
            })
            .await
        })
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async move {
            let (options, runtime) = (self.options.clone(), Handle::current());
            blocking::run(stop, move |task| {
                let attempt = Arc::new(LoadAttempt::begin(&package)?);
                let stop = task.stop.clone();
                let connector = DuckDbConnector::new(options, task);
                if attempt.uses_small_batches() {
                    connector.memory.disable_dictionary();
                }
                runtime.block_on(sql::load(&connector, &package, &attempt, &stop))
            })
            .await
        })
    }

    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream> {
        Box::pin(async move {
            if !self.options.path.exists() {
                let reason = "the file does not exist; nothing has been loaded yet".to_owned();
                return Err(LoadError::Open { location: self.options.path.display().to_string(), reason });
            }
            query::stream(self.options.clone(), dataset.to_owned(), sql.to_owned(), stop).await
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
