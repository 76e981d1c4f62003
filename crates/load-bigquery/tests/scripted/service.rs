//! A model of the BigQuery service, as far as this crate uses it.
//!
//! It keeps datasets, tables, jobs by id and upload sessions, and recognizes the statements of this crate. Faults change its
//! responses.

mod call;
mod dataset;
mod fault;
mod jobs;
mod model;
mod script;
mod uploads;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catchment_load_bigquery::{BigQuery, BigQueryOptions, StagingBucket};
use catchment_rest_client::testing::{ReceivedRequest, ScriptedServer};
use tokio::sync::watch;

pub(crate) use call::{Call, Op};
pub(crate) use fault::{Fault, When, error};
use model::Model;

/// The service.
pub(crate) struct Service {
    server: ScriptedServer,
    model: Arc<Mutex<Model>>,
    received: watch::Receiver<usize>,
    /// Whether rows are loaded through a bucket.
    uses_bucket: bool,
}

impl Service {
    /// Starts a service whose jobs end at once.
    pub(crate) fn start() -> Service {
        Service::with_polls(0)
    }

    /// Starts a service whose load jobs and scripts end when they are polled for the `polls`th time.
    pub(crate) fn with_polls(polls: usize) -> Service {
        let model = Arc::new(Mutex::new(Model { polls, ..Model::default() }));
        let (sender, received) = watch::channel(0);
        let for_server = Arc::clone(&model);
        let server = ScriptedServer::start(move |request| {
            let response = for_server.lock().unwrap_or_else(PoisonError::into_inner).respond(request);
            sender.send_modify(|count| *count += 1);
            response
        });
        Service { server, model, received, uses_bucket: false }
    }

    /// Loads rows through a bucket.
    pub(crate) fn with_bucket(self) -> Service {
        Service { uses_bucket: true, ..self }
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault that happens `times` times.
    pub(crate) fn fail(&self, when: When, fault: Fault, times: usize) {
        self.model().faults.add(when, fault, times);
    }

    /// Makes the service refuse requests without a token.
    pub(crate) fn require_token(&self) {
        self.model().requires_token = true;
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Returns the options of a destination without credentials.
    pub(crate) fn options(&self) -> BigQueryOptions {
        let (endpoint, retry_delay) = (self.url(), Duration::from_millis(1));
        let staging_bucket = self.uses_bucket.then(|| StagingBucket::parse("gs://bucket/some/folder").unwrap());
        let storage_endpoint = self.url();
        let options = BigQueryOptions { endpoint, retry_delay, is_emulator: true, ..BigQueryOptions::new("p") };
        BigQueryOptions { staging_bucket, storage_endpoint, ..options }
    }

    pub(crate) fn destination(&self) -> BigQuery {
        BigQuery::new(self.options())
    }

    /// Waits until the service has responded to `count` requests.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        let mut received = self.received.clone();
        received.wait_for(|received| *received >= count).await.unwrap();
    }

    /// Waits until the service has received a request of an operation whose target contains `part`.
    pub(crate) async fn wait_for_call(&self, op: Op, part: &str) {
        let mut received = self.received.clone();
        received.wait_for(|_| self.count(op, part) > 0).await.unwrap();
    }

    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        self.server.requests()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.model().calls.clone()
    }

    /// Returns the number of requests of an operation whose target contains `part`.
    pub(crate) fn count(&self, op: Op, part: &str) -> usize {
        self.calls().iter().filter(|call| call.op == op && call.target.contains(part)).count()
    }

    /// Returns the ids that contain `part` of all jobs.
    pub(crate) fn job_ids(&self, part: &str) -> Vec<String> {
        self.model().started.iter().filter(|id| id.contains(part)).cloned().collect()
    }

    /// Returns the number of jobs whose id contains `part`.
    pub(crate) fn jobs(&self, part: &str) -> usize {
        self.job_ids(part).len()
    }

    /// Returns the load ids in `_dlt_loads`.
    pub(crate) fn loads(&self) -> Vec<String> {
        self.model().dataset.as_ref().map(|dataset| dataset.loads.clone()).unwrap_or_default()
    }

    /// Returns the root tables that are recorded as changed by unfinished loads, and the ids of these loads.
    pub(crate) fn applied(&self) -> Vec<String> {
        let model = self.model();
        model
            .dataset
            .iter()
            .flat_map(|dataset| dataset.applied.iter().map(|[.., root]| root).chain(&dataset.unfinished))
            .cloned()
            .collect()
    }

    /// Returns the names of the files in the bucket.
    pub(crate) fn objects(&self) -> Vec<String> {
        self.model().objects.keys().cloned().collect()
    }

    /// Returns the number of rows of a table.
    pub(crate) fn rows(&self, table: &str) -> usize {
        let model = self.model();
        model.dataset.as_ref().and_then(|dataset| dataset.tables.get(table)).map_or(0, |table| table.rows)
    }

    /// Returns the names of the tables with a prefix.
    pub(crate) fn tables(&self, prefix: &str) -> Vec<String> {
        let model = self.model();
        let tables = model.dataset.iter().flat_map(|dataset| dataset.tables.keys());
        tables.filter(|name| name.starts_with(prefix)).cloned().collect()
    }

    /// Returns the greatest number of load jobs that have filled one staging table.
    pub(crate) fn most_files(&self) -> usize {
        self.model().most_files
    }
}
