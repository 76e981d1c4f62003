//! Options of the destination.

use std::time::Duration;

use crate::{GoogleCredentials, StagingBucket};

/// The endpoint of the service.
const ENDPOINT: &str = "https://bigquery.googleapis.com";

/// The endpoint of Cloud Storage.
const STORAGE_ENDPOINT: &str = "https://storage.googleapis.com";

/// The options of a [`BigQuery`](crate::BigQuery) destination.
///
/// ```
/// use catchment_load_bigquery::BigQueryOptions;
///
/// let options = BigQueryOptions { location: Some("EU".to_owned()), ..BigQueryOptions::new("my-project") };
/// assert_eq!(options.endpoint, "https://bigquery.googleapis.com");
/// ```
#[derive(Debug, Clone)]
pub struct BigQueryOptions {
    /// The project that contains the datasets and is charged for jobs.
    pub project: String,
    /// The location of new datasets, such as `EU` or `europe-west3`. Default: `US`. An existing dataset must be in this
    /// location if it is set.
    pub location: Option<String>,
    /// The credentials. Default: application default credentials.
    pub credentials: GoogleCredentials,
    /// The URL of the API. Default: `https://bigquery.googleapis.com`.
    pub endpoint: String,
    /// Whether `endpoint` is an emulator, which gets no credentials.
    pub is_emulator: bool,
    /// The folder of a bucket through which rows are loaded, in the location of the dataset. Default: none, rows are uploaded
    /// to BigQuery.
    pub staging_bucket: Option<StagingBucket>,
    /// The URL of Cloud Storage. Default: `https://storage.googleapis.com`.
    pub storage_endpoint: String,
    /// The maximum number of bytes that a job may be billed for. A job that would exceed it fails without being billed.
    /// Default: no maximum.
    pub maximum_bytes_billed: Option<u64>,
    /// The delay before a request or a load is repeated after a transient error, which doubles with each repetition.
    /// Default: 1 second.
    pub retry_delay: Duration,
}

impl BigQueryOptions {
    /// Creates options of `project` with default values.
    pub fn new(project: impl Into<String>) -> BigQueryOptions {
        BigQueryOptions {
            project: project.into(),
            location: None,
            credentials: GoogleCredentials::default(),
            endpoint: ENDPOINT.to_owned(),
            is_emulator: false,
            staging_bucket: None,
            storage_endpoint: STORAGE_ENDPOINT.to_owned(),
            maximum_bytes_billed: None,
            retry_delay: Duration::from_secs(1),
        }
    }

    /// Returns the location of the destination for messages.
    pub(crate) fn display_location(&self) -> String {
        format!("bigquery://{}", self.project)
    }

    pub(crate) fn uses_credentials(&self) -> bool {
        !self.is_emulator
    }
}
