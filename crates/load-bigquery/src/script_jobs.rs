//! Jobs of scripts, under ids that derive from the package.

use catchment_load::LoadError;
use catchment_load_package::SealedPackage;
use tokio_util::sync::CancellationToken;

use crate::client::{ApiError, JobId};
use crate::dialect::name_hash;
use crate::query_job::{configuration, guard};
use crate::reader::BigQueryReader;
use crate::script::Script;

/// Executes the scripts of one kind of a package: one after the other, and after those of earlier attempts.
pub(crate) struct ScriptJobs<'j> {
    /// The kind, a part of the ids.
    name: &'static str,
    package: &'j SealedPackage,
    stop: &'j CancellationToken,
    maximum_bytes_billed: Option<u64>,
    /// The number of the next job.
    next: u32,
}

impl<'j> ScriptJobs<'j> {
    /// Waits for the jobs of earlier attempts, of this process or another, which may still run.
    pub(crate) async fn after_earlier_attempts(
        name: &'static str,
        package: &'j SealedPackage,
        stop: &'j CancellationToken,
        maximum_bytes_billed: Option<u64>,
        reader: &BigQueryReader,
    ) -> Result<ScriptJobs<'j>, LoadError> {
        let mut jobs = ScriptJobs { name, package, stop, maximum_bytes_billed, next: 0 };
        loop {
            let id = jobs.next_id();
            let id = JobId { id: &id, location: &reader.dataset_location };
            let step = "look up an earlier load of the package";
            let Some(job) = guard(stop, step, &reader.location, reader.client.job(id)).await? else { return Ok(jobs) };
            guard(stop, step, &reader.location, reader.client.wait_for_job(job, id)).await?;
            jobs.next += 1;
        }
    }

    /// Returns the id of the next job, which is the same if the load of the package is repeated.
    fn next_id(&self) -> String {
        let header = self.package.header();
        let hash = name_hash(&format!("{} {} {}", header.dataset, header.base_state.pipeline_name(), header.load_id));
        format!("catchment_{}_{hash}_{}", self.name, self.next)
    }

    /// Executes a script. A cancelled load cancels the job, but waits for its end: it may be too late.
    pub(crate) async fn run(&mut self, reader: &BigQueryReader, script: &Script) -> Result<(), ApiError> {
        let id = self.next_id();
        self.next += 1;
        let client = &reader.client;
        let id = JobId { id: &id, location: &reader.dataset_location };
        let job = client.insert_job(id, &configuration(&script.sql, None, self.maximum_bytes_billed)).await?;
        // Another process loads the package, and may have planned otherwise.
        if job.is_of_other_query(&script.sql) {
            client.wait_for_job(job, id).await?;
            return Err(ApiError::without_response("another process loads the package", true));
        }
        let job = tokio::select! {
            job = client.wait_for_job(job.clone(), id) => job?,
            () = self.stop.cancelled() => {
                if let Err(error) = client.cancel_job(id).await {
                    tracing::debug!("failed to cancel job {}: {error}", id.id);
                }
                client.wait_for_job(job, id).await?
            }
        };
        job.result()
    }
}
