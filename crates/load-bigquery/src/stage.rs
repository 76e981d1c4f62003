//! Staging of rows: load jobs of Parquet files.

use std::sync::Arc;

use catchment_load::{LoadAttempt, LoadError, StagedTable, TableBatches};
use catchment_load_package::{SealedPackage, Segment, fail_point};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::client::{BigQueryClient, JobId};
use crate::dialect::{name_hash, staging_table};
use crate::query_job::guard;
use crate::staging_table::{StagingTable, prepare};

/// The number of files that are encoded and uploaded at the same time.
const UPLOADS: usize = 2;

/// The number of staging tables that are created, and of load jobs that are waited for, at the same time.
const REQUESTS: usize = 16;

/// The size of the segments of a file, in bytes.
const PART_BYTES: u64 = 256 << 20;

/// The maximum number of load jobs of a file, if they fail with transient errors.
const MAX_JOBS: u32 = 5;

/// Writes the rows of a package into staging tables.
pub(crate) struct Staging<'s> {
    pub(crate) client: &'s BigQueryClient,
    pub(crate) options: &'s BigQueryOptions,
    pub(crate) package: &'s Arc<SealedPackage>,
    pub(crate) attempt: &'s Arc<LoadAttempt>,
    pub(crate) stop: &'s CancellationToken,
    /// The location of the dataset.
    pub(crate) dataset_location: &'s str,
    /// The location of the destination for messages.
    pub(crate) location: &'s str,
    /// The permits of uploads.
    pub(crate) uploads: Semaphore,
}

/// Returns the permits of the uploads of a load.
pub(crate) fn upload_permits() -> Semaphore {
    Semaphore::new(UPLOADS)
}

/// The rows of a file.
#[derive(Clone)]
pub(crate) struct Part<'p> {
    pub(crate) staged: &'p StagedTable,
    pub(crate) table: StagingTable,
    number: usize,
    pub(crate) segments: Vec<Segment>,
}

impl Staging<'_> {
    /// Fills all staging tables.
    pub(crate) async fn stage(&self, tables: &[StagedTable]) -> Result<(), LoadError> {
        // Boxed, because the compiler cannot prove that the futures of a closure are `Send`.
        let prepared: Vec<BoxFuture<'_, _>> =
            tables.iter().enumerate().map(|(number, staged)| self.prepare(number, staged).boxed()).collect();
        let parts: Vec<Vec<Part<'_>>> = stream::iter(prepared).buffered(REQUESTS).try_collect().await?;
        let parts = parts.concat();
        let loads: Vec<BoxFuture<'_, _>> = parts.iter().map(|part| self.load(part).boxed()).collect();
        stream::iter(loads).buffer_unordered(REQUESTS).try_collect::<Vec<()>>().await.map(drop)
    }

    /// Creates a staging table, and divides its rows into files.
    async fn prepare<'p>(&self, number: usize, staged: &'p StagedTable) -> Result<Vec<Part<'p>>, LoadError> {
        let header = self.package.header();
        let name = staging_table(&header.load_id, number);
        let table = prepare(self.client, &header.dataset, &name, staged);
        let table = guard(self.stop, &staged.create.step, self.location, table).await?;
        let segments = split(self.rows(staged).segments().cloned());
        let part = |(number, segments)| Part { staged, table: table.clone(), number, segments };
        Ok(segments.into_iter().enumerate().map(part).collect())
    }

    pub(crate) fn rows(&self, staged: &StagedTable) -> TableBatches {
        TableBatches::new(self.package, self.attempt, &staged.rows, self.location, self.stop)
    }

    /// Loads a part, unless an earlier load of the package did.
    async fn load(&self, part: &Part<'_>) -> Result<(), LoadError> {
        let step = &part.staged.create.step;
        let (mut number, mut started) = (0, 0);
        loop {
            let id = self.job_id(part, number);
            let id = JobId { id: &id, location: self.dataset_location };
            let known = match part.table.is_new {
                true => None,
                false => guard(self.stop, step, self.location, self.client.job(id)).await?,
            };
            let is_known = known.is_some();
            let job = match known {
                Some(job) => job,
                None => self.upload(part, id).await?,
            };
            let job = guard(self.stop, step, self.location, self.client.wait_for_job(job, id)).await?;
            let Err(error) = job.result() else {
                self.delete_file(id).await;
                fail_point!("load::table_staged");
                return Ok(());
            };
            number += 1;
            // The cause of an earlier failure may be corrected.
            if is_known {
                continue;
            }
            started += 1;
            // A missing table is created by the next attempt of the whole load.
            if !error.is_transient || error.is_not_found() || started == MAX_JOBS {
                return Err(error.into_error_of_rows(step, self.location));
            }
            tracing::warn!("failed to {step} in {}: {error}; retrying", self.location);
            tokio::select! {
                () = tokio::time::sleep(self.options.retry_delay * 2_u32.pow(started)) => {}
                () = self.stop.cancelled() => return Err(LoadError::Cancelled),
            }
        }
    }

    /// Returns the id of a load job, which is the same if the load of the package is repeated.
    fn job_id(&self, part: &Part<'_>, number: u32) -> String {
        let StagingTable { name, creation_time, .. } = &part.table;
        let header = self.package.header();
        let hash = name_hash(&format!("{} {} {creation_time}", header.dataset, header.base_state.pipeline_name()));
        format!("catchment_load{name}_{}_{hash}_{number}", part.number)
    }
}

/// Divides the segments of a table into files. The division is the same each time.
fn split(segments: impl Iterator<Item = Segment>) -> Vec<Vec<Segment>> {
    let (mut parts, mut bytes) = (Vec::<Vec<Segment>>::new(), PART_BYTES);
    for segment in segments {
        if bytes >= PART_BYTES {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += segment.bytes;
        if let Some(part) = parts.last_mut() {
            part.push(segment);
        }
    }
    parts
}
