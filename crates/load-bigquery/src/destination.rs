//! The type [`BigQuery`].

use std::sync::Arc;

use catchment_load::sql::{self, Dialect};
use catchment_load::{
    Capabilities, CommitScope, Destination, DestinationFuture, IdentifierCase, IdentifierCharacters, IdentifierRules, LengthUnit,
    LoadAttempt, LoadError, LoadResult, RecordBatchStream, RestoreRequest, Restored, RowFormat,
};
use catchment_load_package::SealedPackage;
use catchment_schema::{MergeStrategy, TimestampUnit};
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::dialect::BigQueryDialect;
use crate::load::PackageLoad;
use crate::query;
use crate::reader::BigQueryReader;

/// A destination in BigQuery, with one BigQuery dataset per dataset.
///
/// Each load writes rows as Parquet files into staging tables, then creates and widens tables, and then changes the dataset
/// in one transaction, or in several if they change more than 100 tables. Staging tables are deleted after the load, and
/// expire if the process is killed.
#[derive(Debug, Clone)]
pub struct BigQuery {
    options: Arc<BigQueryOptions>,
}

/// What BigQuery can do: <https://cloud.google.com/bigquery/quotas>.
pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    // Table names can have 1,024 bytes, column names 300 characters. Table names are case-sensitive by default, column names
    // are not.
    identifiers: IdentifierRules {
        max_length: 300,
        length_unit: LengthUnit::Characters,
        case: IdentifierCase::Insensitive,
        characters: IdentifierCharacters::Word,
    },
    // The maximum is 10,000, with the number of the root row in staging tables.
    max_columns: Some(9_999),
    commit_scope: CommitScope::Package,
    transactional_ddl: false,
    max_tables_in_transaction: Some(100),
    merge_strategies: &MergeStrategy::ALL,
    nested_types: false,
    decimal_precision: 76,
    timestamp_unit: TimestampUnit::Microsecond,
    local_timestamp_unit: None,
    text_with_nul: true,
    row_format: RowFormat::Parquet,
};

impl BigQuery {
    /// Creates a destination with `options`.
    pub fn new(options: BigQueryOptions) -> BigQuery {
        BigQuery { options: Arc::new(options) }
    }
}

impl Destination for BigQuery {
    fn kind(&self) -> &'static str {
        "dlt.destinations.bigquery"
    }

    fn location(&self) -> String {
        self.options.display_location()
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &BigQueryDialect
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, stop: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        Box::pin(async move {
            self.check_dataset_name(&request.dataset)?;
            let mut reader = BigQueryReader::open(&self.options, &request.dataset, stop).await?;
            sql::restore(&mut reader, &BigQueryDialect, request).await
        })
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, stop: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async move {
            self.check_dataset_name(&package.header().dataset)?;
            let attempt = Arc::new(LoadAttempt::begin(&package)?);
            PackageLoad::new(&self.options, &package, &attempt, stop).run().await
        })
    }

    fn query<'d>(
        &'d self,
        dataset: &'d str,
        sql: &'d str,
        stop: &'d CancellationToken,
    ) -> DestinationFuture<'d, RecordBatchStream> {
        Box::pin(async move {
            self.check_dataset_name(dataset)?;
            query::stream(&self.options, dataset, sql, stop).await
        })
    }
}

impl BigQuery {
    /// Checks that a dataset can have this name. It is also a part of URLs.
    fn check_dataset_name(&self, name: &str) -> Result<(), LoadError> {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let reason = match name {
            "" => "the name is empty",
            _ if !name.chars().all(is_plain) => "BigQuery allows only letters, digits and underscores",
            _ if name.len() > 1024 => "BigQuery allows up to 1,024 characters",
            _ => return Ok(()),
        };
        Err(LoadError::DatasetName { name: name.to_owned(), location: self.location(), reason })
    }
}
