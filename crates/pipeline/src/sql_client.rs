//! The type [`SqlClient`].

use std::sync::Arc;

use catchment_load::{Destination, QueryResult};
use catchment_run::RunError;

use crate::pipeline::DropGuard;

/// A client for SQL queries in a dataset. It opens the destination for each query and closes it afterwards.
///
/// See [`Dataset`](crate::Dataset) for queries without SQL.
#[derive(Clone)]
pub struct SqlClient {
    destination: Arc<dyn Destination>,
    dataset: String,
}

impl SqlClient {
    pub(crate) fn new(destination: Arc<dyn Destination>, dataset: String) -> SqlClient {
        SqlClient { destination, dataset }
    }

    /// Executes a query and returns its rows as Arrow record batches. Unqualified table names refer to the dataset.
    ///
    /// Waits while another process has locked the destination; dropping the future cancels the wait.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be opened, if it rejects the query, or if nothing was loaded into the
    /// dataset yet.
    pub async fn query(&self, sql: &str) -> Result<QueryResult, RunError> {
        let (destination, dataset, sql) = (Arc::clone(&self.destination), self.dataset.clone(), sql.to_owned());
        let guard = DropGuard::default();
        let stop = guard.0.clone();
        let task = tokio::task::spawn_blocking(move || destination.query(&dataset, &sql, &|| stop.is_cancelled()));
        task.await.map_err(|_| RunError::Panicked)?.map_err(RunError::from)
    }

    /// Returns the name of the dataset.
    pub(crate) fn dataset(&self) -> &str {
        &self.dataset
    }

    /// Returns the location of the destination for display.
    pub(crate) fn location(&self) -> String {
        self.destination.location()
    }
}
