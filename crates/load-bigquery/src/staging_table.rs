//! Staging tables.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use catchment_load::StagedTable;
use serde_json::Value as Json;

use crate::client::{ApiError, BigQueryClient, TableField};
use crate::types;

/// The time after which the service deletes a staging table.
const EXPIRATION: Duration = Duration::from_secs(24 * 3600);

/// The maximum number of attempts to create a staging table, and the delay between the first two, which grows.
const MAX_ROUNDS: u32 = 5;
const ROUND_DELAY: Duration = Duration::from_millis(500);

/// A staging table that exists.
#[derive(Debug, Clone)]
pub(crate) struct StagingTable {
    pub(crate) name: String,
    /// Milliseconds since 1970. Differs from that of an earlier table of the same name, which has expired.
    pub(crate) creation_time: String,
    /// Whether this load created the table. If not, an earlier load of the package did, which may have loaded parts.
    pub(crate) is_new: bool,
}

/// Creates a staging table, or returns the one of an earlier load of the package with the same columns.
pub(crate) async fn prepare(
    client: &BigQueryClient,
    dataset: &str,
    name: &str,
    staged: &StagedTable,
) -> Result<StagingTable, ApiError> {
    let columns = &staged.rows.columns;
    let fields: Vec<Json> = columns.iter().map(|column| types::field(&column.insert.name, &column.column_type)).collect();
    let table = |creation_time, is_new| StagingTable { name: name.to_owned(), creation_time, is_new };
    for round in 0..MAX_ROUNDS {
        tokio::time::sleep(ROUND_DELAY * round).await;
        let expires = SystemTime::now() + EXPIRATION;
        let expires = expires.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let created = client.create_table(dataset, name, &fields, i64::try_from(expires).unwrap_or(i64::MAX)).await?;
        if let Some(created) = created {
            return Ok(table(created.creation_time, true));
        }
        match client.table(dataset, name).await? {
            Some(found) if has_columns(&found.schema.fields, staged) => return Ok(table(found.creation_time, false)),
            // The dataset has changed since the earlier load.
            Some(_) => client.delete_table(dataset, name).await?,
            // It has expired.
            None => {}
        }
    }
    Err(ApiError::without_response(format!("table `{name}` can neither be created nor found"), true))
}

/// Returns true if a table has the columns of a staging table.
fn has_columns(found: &[TableField], staged: &StagedTable) -> bool {
    let columns = &staged.rows.columns;
    // The service returns other names of some types.
    let is_same = |(found, column): (&TableField, &catchment_load::RowColumn)| {
        found.name == column.insert.name && types::arrow_type(&found.kind) == types::arrow_type(&column.column_type)
    };
    found.len() == columns.len() && found.iter().zip(columns).all(is_same)
}
