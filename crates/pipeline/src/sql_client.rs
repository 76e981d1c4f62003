//! SQL in a dataset.

use std::sync::Arc;

use catchment_load::{Destination, QueryResult};
use catchment_run::RunError;

use crate::pipeline::DropGuard;

/// Executes SQL in a dataset; [`Dataset`](crate::Dataset) knows its tables. The destination is held only while a query
/// runs.
#[derive(Clone)]
pub struct SqlClient {
    destination: Arc<dyn Destination>,
    dataset: String,
}

impl SqlClient {
    pub(crate) fn new(destination: Arc<dyn Destination>, dataset: String) -> SqlClient {
        SqlClient { destination, dataset }
    }

    /// The rows of a query, as Arrow. Names of tables without a schema are those of the dataset.
    ///
    /// Where another process has the destination, it is waited for; dropping the future ends the waiting.
    ///
    /// # Errors
    ///
    /// Where the destination refuses the query or cannot be opened, or nothing was loaded into the dataset yet.
    pub async fn query(&self, sql: &str) -> Result<QueryResult, RunError> {
        let (destination, dataset, sql) = (Arc::clone(&self.destination), self.dataset.clone(), sql.to_owned());
        let dropped = DropGuard::default();
        let stop = dropped.0.clone();
        let querying = tokio::task::spawn_blocking(move || destination.query(&dataset, &sql, &|| stop.is_cancelled()));
        querying.await.map_err(|_| RunError::Panicked)?.map_err(RunError::from)
    }

    /// The name of the dataset.
    pub(crate) fn dataset(&self) -> &str {
        &self.dataset
    }

    /// Where the dataset is, for people.
    pub(crate) fn location(&self) -> String {
        self.destination.location()
    }
}
