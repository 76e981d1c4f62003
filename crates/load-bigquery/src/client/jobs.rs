//! Jobs.

use std::time::Duration;

use catchment_rest_client::Method;
use serde_json::{Value as Json, json};

use super::tables::existing;
use super::{ApiError, BigQueryClient, Job};

/// The delay before the state of a job is requested, which doubles up to the maximum.
const FIRST_POLL: Duration = Duration::from_millis(250);
const MAX_POLL: Duration = Duration::from_secs(5);

/// The time after which a job is no longer waited for. BigQuery ends queries and load jobs after 6 hours, scripts after 24.
const MAX_WAIT: Duration = Duration::from_secs(25 * 3600);

/// The id of a job, unique in its project and location.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobId<'j> {
    pub(crate) id: &'j str,
    pub(crate) location: &'j str,
}

impl BigQueryClient {
    /// Returns the resource of a new job.
    pub(super) fn job_resource(&self, job: JobId<'_>, configuration: &Json) -> Json {
        let reference = json!({"projectId": self.project, "jobId": job.id, "location": job.location});
        json!({"jobReference": reference, "configuration": configuration})
    }

    /// Starts a job. If a job of the id exists, returns that one.
    pub(crate) async fn insert_job(&self, job: JobId<'_>, configuration: &Json) -> Result<Job, ApiError> {
        let body = self.job_resource(job, configuration);
        match self.call(Method::POST, "jobs", &[], Some(&body)).await {
            Err(error) if error.is_duplicate() => self.job(job).await?.ok_or(error),
            result => result,
        }
    }

    /// Returns a job, or `None` if it does not exist.
    pub(crate) async fn job(&self, job: JobId<'_>) -> Result<Option<Job>, ApiError> {
        existing(self.call(Method::GET, &format!("jobs/{}", job.id), &[("location", job.location)], None).await)
    }

    /// Requests the end of a job.
    pub(crate) async fn cancel_job(&self, job: JobId<'_>) -> Result<(), ApiError> {
        let path = format!("jobs/{}/cancel", job.id);
        self.call::<Json>(Method::POST, &path, &[("location", job.location)], None).await.map(drop)
    }

    /// Waits until a job has ended. The error of the job is in its status.
    pub(crate) async fn wait_for_job(&self, mut job: Job, id: JobId<'_>) -> Result<Job, ApiError> {
        let (mut delay, mut waited) = (FIRST_POLL, Duration::ZERO);
        loop {
            // A job without a state would never end.
            if !job.is_complete(id.id) {
                let message = format!("the service returned a response without the state of job {}", id.id);
                return Err(ApiError::without_response(message, false));
            }
            if job.is_done() {
                self.usage.record(id.id, &job);
                return Ok(job);
            }
            if waited > MAX_WAIT {
                return Err(ApiError::without_response(format!("job {} did not end within 25 hours", id.id), true));
            }
            tokio::time::sleep(delay).await;
            waited += delay;
            delay = (delay * 2).min(MAX_POLL);
            let found = self.job(id).await?;
            job = found.ok_or_else(|| ApiError::without_response(format!("job {} was deleted", id.id), true))?;
        }
    }

    /// Starts a job and waits for its end.
    ///
    /// # Errors
    ///
    /// Returns the error of a request or of the job.
    pub(crate) async fn run_job(&self, id: JobId<'_>, configuration: &Json) -> Result<(), ApiError> {
        let job = self.insert_job(id, configuration).await?;
        self.wait_for_job(job, id).await?.result()
    }
}
