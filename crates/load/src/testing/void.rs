//! A destination that stores nothing.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use catchment_load_package::SealedPackage;
use catchment_schema::{MergeStrategy, TimestampUnit};
use tokio_util::sync::CancellationToken;

use super::StandardSql;
use crate::{
    Capabilities, CommitScope, Destination, DestinationFuture, Dialect, IdentifierCase, IdentifierCharacters, IdentifierRules,
    LengthUnit, LoadOutcome, LoadResult, RecordBatchStream, RestoreRequest, Restored, RowFormat,
};

/// A destination that reports every load as successful and stores nothing.
#[derive(Debug)]
pub(crate) struct Void;

impl Destination for Void {
    fn kind(&self) -> &'static str {
        "void"
    }

    fn location(&self) -> String {
        "nowhere".to_owned()
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &StandardSql
    }

    fn restore<'d>(&'d self, _: &'d RestoreRequest, _: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        Box::pin(async { Ok(Restored::default()) })
    }

    fn load<'d>(&'d self, _: Arc<SealedPackage>, _: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async { Ok(LoadOutcome::Loaded.into()) })
    }

    fn query<'d>(&'d self, _: &'d str, _: &'d str, _: &'d CancellationToken) -> DestinationFuture<'d, RecordBatchStream> {
        let rows = RecordBatchStream::new(SchemaRef::new(Schema::empty()), futures_util::stream::empty());
        Box::pin(async { Ok(rows) })
    }
}

/// The capabilities of [`Void`].
pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    identifiers: IdentifierRules {
        max_length: 63,
        length_unit: LengthUnit::Bytes,
        case: IdentifierCase::Sensitive,
        characters: IdentifierCharacters::All,
    },
    max_columns: None,
    commit_scope: CommitScope::Table,
    transactional_ddl: true,
    max_tables_in_transaction: None,
    merge_strategies: &MergeStrategy::ALL,
    nested_types: false,
    decimal_precision: 38,
    timestamp_unit: TimestampUnit::Microsecond,
    local_timestamp_unit: None,
    text_with_nul: false,
    row_format: RowFormat::Arrow,
};
