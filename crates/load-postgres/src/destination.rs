//! The type [`Postgres`].

use std::sync::Arc;

use catchment_load::sql::{self, Connector as _, Dialect};
use catchment_load::{
    Capabilities, CommitScope, Destination, DestinationFuture, IdentifierCase, IdentifierCharacters, IdentifierRules, LengthUnit,
    LoadAttempt, LoadError, LoadResult, RecordBatchStream, RestoreRequest, Restored, RowFormat,
};
use catchment_load_package::SealedPackage;
use catchment_schema::{MergeStrategy, TimestampUnit};
use tokio_util::sync::CancellationToken;

use crate::PostgresOptions;
use crate::connector::PostgresConnector;
use crate::dialect::PostgresDialect;
use crate::query;

/// A destination in a PostgreSQL database, with one schema per dataset.
///
/// Each load connects, writes rows into temporary tables through binary `COPY`, and changes the dataset in the same
/// transaction. Loads of one dataset take turns only while they change it. If the connection is lost, the load is repeated,
/// and a package is never loaded twice.
#[derive(Debug, Clone)]
pub struct Postgres {
    options: Arc<PostgresOptions>,
}

/// What PostgreSQL can do.
pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    identifiers: IdentifierRules {
        max_length: 63,
        length_unit: LengthUnit::Bytes,
        case: IdentifierCase::Sensitive,
        characters: IdentifierCharacters::All,
    },
    // The maximum is 1,600, with up to six system columns, and the number of the root row in staging tables.
    max_columns: Some(1593),
    commit_scope: CommitScope::Package,
    transactional_ddl: true,
    max_tables_in_transaction: None,
    merge_strategies: &MergeStrategy::ALL,
    nested_types: false,
    decimal_precision: 1000,
    timestamp_unit: TimestampUnit::Microsecond,
    local_timestamp_unit: Some(TimestampUnit::Microsecond),
    text_with_nul: false,
    row_format: RowFormat::Copy,
};

impl Postgres {
    /// Creates a destination with `options`.
    pub fn new(options: PostgresOptions) -> Postgres {
        Postgres { options: Arc::new(options) }
    }
}

impl Destination for Postgres {
    fn kind(&self) -> &'static str {
        "dlt.destinations.postgres"
    }

    fn location(&self) -> String {
        self.options.location()
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &PostgresDialect
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        Box::pin(async move {
            if let Some(reason) = refused_dataset_name(&request.dataset) {
                let (name, location) = (request.dataset.clone(), self.location());
                return Err(LoadError::DatasetName { name, location, reason });
            }
            let mut session = PostgresConnector::new(&self.options).connect(Some(stop)).await?;
            sql::restore(&mut session, &PostgresDialect, request).await
        })
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async move {
            let attempt = Arc::new(LoadAttempt::begin(&package)?);
            sql::load(&PostgresConnector::new(&self.options), &package, &attempt, stop).await
        })
    }

    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream> {
        Box::pin(async move {
            let session = PostgresConnector::new(&self.options).connect(Some(stop)).await?;
            query::stream(session, dataset, sql).await
        })
    }
}

/// Returns the reason why PostgreSQL cannot create a schema of this name, or `None` if it can.
fn refused_dataset_name(name: &str) -> Option<&'static str> {
    match name {
        "" => Some("the name is empty"),
        "information_schema" => Some("PostgreSQL reserves this schema"),
        _ if name.starts_with("pg_") => Some("PostgreSQL reserves names that begin with pg_"),
        _ if name.contains('\0') => Some("the name contains a NUL byte"),
        _ if name.len() > CAPABILITIES.identifiers.max_length => Some("PostgreSQL truncates names longer than 63 bytes"),
        _ => None,
    }
}
