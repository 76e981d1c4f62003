//! Datasets and tables.

use catchment_rest_client::Method;
use serde_json::{Value as Json, json};

use super::resources::{Dataset, Table};
use super::{ApiError, BigQueryClient};

impl BigQueryClient {
    /// Returns a dataset, or `None` if it does not exist.
    pub(crate) async fn dataset(&self, dataset: &str) -> Result<Option<Dataset>, ApiError> {
        existing(self.call(Method::GET, &format!("datasets/{dataset}"), &[], None).await)
    }

    /// Creates a dataset unless it exists.
    pub(crate) async fn create_dataset(&self, dataset: &str, location: &str) -> Result<(), ApiError> {
        let reference = json!({"projectId": self.project, "datasetId": dataset});
        let body = json!({"datasetReference": reference, "location": location});
        let created: Result<Json, ApiError> = self.call(Method::POST, "datasets", &[], Some(&body)).await;
        match created {
            Err(error) if !error.is_duplicate() => Err(error),
            _ => Ok(()),
        }
    }

    /// Creates a table that the service deletes at `expires_at`, in milliseconds since 1970. Returns `None` if a table of
    /// the name exists.
    pub(crate) async fn create_table(
        &self,
        dataset: &str,
        table: &str,
        fields: &[Json],
        expires_at: i64,
    ) -> Result<Option<Table>, ApiError> {
        let body = json!({
            "tableReference": {"projectId": self.project, "datasetId": dataset, "tableId": table},
            "schema": {"fields": fields},
            "expirationTime": expires_at.to_string(),
        });
        match self.call(Method::POST, &format!("datasets/{dataset}/tables"), &[], Some(&body)).await {
            Ok(table) => Ok(Some(table)),
            Err(error) if error.is_duplicate() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns a table, or `None` if it does not exist.
    pub(crate) async fn table(&self, dataset: &str, table: &str) -> Result<Option<Table>, ApiError> {
        existing(self.call(Method::GET, &format!("datasets/{dataset}/tables/{table}"), &[], None).await)
    }

    /// Deletes a table if it exists.
    pub(crate) async fn delete_table(&self, dataset: &str, table: &str) -> Result<(), ApiError> {
        let deleted = self.call::<Json>(Method::DELETE, &format!("datasets/{dataset}/tables/{table}"), &[], None).await;
        existing(deleted).map(drop)
    }
}

/// Returns `None` for the error of something that does not exist.
pub(super) fn existing<T>(found: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
