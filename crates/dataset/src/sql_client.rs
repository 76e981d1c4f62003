//! The type [`SqlClient`].

use std::sync::Arc;

use catchment_load::{Destination, QueryResult, RecordBatchStream};
use tokio_util::sync::CancellationToken;

use crate::DatasetError;

/// A client for SQL queries in a dataset. It opens the destination for each query and closes it afterwards.
///
/// See [`Dataset`](crate::Dataset) for queries without SQL.
#[derive(Clone)]
pub struct SqlClient {
    destination: Arc<dyn Destination>,
    dataset: String,
}

impl SqlClient {
    /// Creates a client for the dataset `dataset` of `destination`.
    pub fn new(destination: impl Destination + 'static, dataset: impl Into<String>) -> SqlClient {
        SqlClient { destination: Arc::new(destination), dataset: dataset.into() }
    }

    /// Executes a query and returns its rows as Arrow record batches. Unqualified table names refer to the dataset.
    ///
    /// Waits while another process has locked the destination. Dropping the future cancels the query.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be opened, if it rejects the query, or if nothing was loaded into the
    /// dataset yet.
    pub async fn query(&self, sql: &str) -> Result<QueryResult, DatasetError> {
        Ok(self.stream(sql).await?.collect().await?)
    }

    /// Executes a query like [`query`](SqlClient::query) and streams its rows. Dropping the stream ends the query.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`query`](SqlClient::query). An error while rows are read is an item of the stream.
    pub async fn stream(&self, sql: &str) -> Result<RecordBatchStream, DatasetError> {
        Ok(self.destination.query(&self.dataset, sql, &CancellationToken::new()).await?)
    }

    /// Returns the name of the dataset.
    pub(crate) fn dataset(&self) -> &str {
        &self.dataset
    }

    /// Returns the destination.
    pub fn destination(&self) -> &dyn Destination {
        &*self.destination
    }
}
