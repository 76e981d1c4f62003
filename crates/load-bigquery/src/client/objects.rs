//! Files in Cloud Storage: <https://cloud.google.com/storage/docs/json_api/v1/objects>.

use catchment_rest_client::{Method, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::tables::existing;
use super::upload::ResumableUpload;
use super::{ApiError, BigQueryClient};
use crate::StagingBucket;

impl BigQueryClient {
    /// Begins the upload of a file, which replaces one of the same name when it is complete.
    pub(crate) async fn begin_object_upload(
        &self,
        bucket: &StagingBucket,
        file: &str,
        retry_delay: std::time::Duration,
    ) -> Result<ResumableUpload<'_>, ApiError> {
        let url = format!("{}/upload/storage/v1/b/{}/o", self.storage_endpoint, bucket.name);
        let request = Request::new(Method::POST, self.parse_url(&url)?).param("name", bucket.object(file));
        self.begin_resumable(request, &serde_json::json!({}), retry_delay).await
    }

    /// Deletes a file if it exists.
    pub(crate) async fn delete_object(&self, bucket: &StagingBucket, file: &str) -> Result<(), ApiError> {
        let object = bucket.object(file);
        let object = utf8_percent_encode(&object, NON_ALPHANUMERIC);
        let url = format!("{}/storage/v1/b/{}/o/{object}", self.storage_endpoint, bucket.name);
        existing(self.send(&Request::new(Method::DELETE, self.parse_url(&url)?)).await).map(drop)
    }
}
