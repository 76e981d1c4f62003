//! Upload of the files of load jobs, to BigQuery or into a bucket.

use std::thread;

use bytes::{Bytes, BytesMut};
use catchment_load::LoadError;
use catchment_load_package::fail_point;
use catchment_rest_client::Response;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;

use crate::client::{ApiError, CHUNK_UNIT, Job, JobId, parse};
use crate::parquet_file;
use crate::query_job::guard;
use crate::stage::{Part, Staging};

/// The size of the chunks of an upload.
const CHUNK: usize = 8 << 20;
const _: () = assert!(CHUNK.is_multiple_of(CHUNK_UNIT), "only the last chunk can have any size");

impl Staging<'_> {
    /// Uploads the file of a part and starts its load job. A thread reads and encodes rows while earlier ones are sent.
    pub(crate) async fn upload(&self, part: &Part<'_>, id: JobId<'_>) -> Result<Job, LoadError> {
        let step = &part.staged.create.step;
        // Never closed.
        let _permit = self.uploads.acquire().await;
        let (sender, mut pieces) = mpsc::channel(1);
        let rows = self.rows(part.staged).with_segments(part.segments.iter().cloned());
        let (target, location) = (part.staged.rows.clone(), self.location.to_owned());
        let encoding = move || parquet_file::encode(rows, &target, &location, &sender);
        thread::Builder::new().name("bigquery".to_owned()).spawn(encoding).map_err(LoadError::SpawnThread)?;
        let configuration = self.configuration(part, id);
        let begun = match &self.options.staging_bucket {
            Some(bucket) => self.client.begin_object_upload(bucket, &file_name(id), self.options.retry_delay).await,
            None => self.client.begin_upload(id, &configuration, self.options.retry_delay).await,
        };
        let mut upload = match begun {
            // An upload whose response was lost has started the job.
            Err(error) if error.is_duplicate() => return self.known(part, id, error).await,
            begun => begun.map_err(|error| error.into_load_error(step, self.location))?,
        };
        let (mut buffer, mut is_last) = (BytesMut::new(), false);
        loop {
            while buffer.len() <= CHUNK && !is_last {
                match guard(self.stop, step, self.location, async { Ok(pieces.recv().await) }).await? {
                    Some(piece) => match piece? {
                        Some(piece) => buffer.extend_from_slice(&piece),
                        None => is_last = true,
                    },
                    None => return Err(LoadError::Panicked),
                }
            }
            let ends = is_last && buffer.len() <= CHUNK;
            let chunk: Bytes = buffer.split_to(CHUNK.min(buffer.len())).freeze();
            let sent = tokio::select! {
                sent = upload.send(chunk, ends) => sent,
                () = self.stop.cancelled() => return Err(LoadError::Cancelled),
            };
            fail_point!("load::batch_inserted");
            match sent {
                Ok(Some(response)) => return self.started(part, id, &configuration, &response).await,
                Ok(None) => {}
                // The session of a complete upload whose response was lost, or that has expired, does not exist.
                Err(error) if error.is_duplicate() || error.is_session_lost() => return self.known(part, id, error).await,
                Err(error) => return Err(error.into_load_error(step, self.location)),
            }
        }
    }

    /// Returns the job of a complete upload, and starts it if the file is in a bucket.
    async fn started(&self, part: &Part<'_>, id: JobId<'_>, configuration: &Json, response: &Response) -> Result<Job, LoadError> {
        let step = &part.staged.create.step;
        if self.options.staging_bucket.is_some() {
            return guard(self.stop, step, self.location, self.client.insert_job(id, configuration)).await;
        }
        parse(response).map_err(|error| error.into_load_error(step, self.location))
    }

    /// Returns the job that an earlier request started. Without one, another attempt can succeed.
    async fn known(&self, part: &Part<'_>, id: JobId<'_>, error: ApiError) -> Result<Job, LoadError> {
        let step = &part.staged.create.step;
        let job = guard(self.stop, step, self.location, self.client.job(id)).await?;
        job.ok_or_else(|| ApiError { is_transient: true, ..error }.into_load_error(step, self.location))
    }

    fn configuration(&self, part: &Part<'_>, id: JobId<'_>) -> Json {
        let (dataset, table) = (&self.package.header().dataset, &part.table.name);
        let mut load = json!({
            "destinationTable": {"projectId": self.options.project, "datasetId": dataset, "tableId": table},
            "sourceFormat": "PARQUET",
            "createDisposition": "CREATE_NEVER",
            "writeDisposition": "WRITE_APPEND",
            "parquetOptions": {"enableListInference": true},
            "decimalTargetTypes": ["NUMERIC", "BIGNUMERIC"],
        });
        if let Some(bucket) = &self.options.staging_bucket {
            load["sourceUris"] = json!([bucket.url(&file_name(id))]);
        }
        json!({"load": load})
    }

    /// Deletes the file of a load job that has ended from the bucket.
    pub(crate) async fn delete_file(&self, id: JobId<'_>) {
        let Some(bucket) = &self.options.staging_bucket else { return };
        let name = file_name(id);
        if let Err(error) = self.client.delete_object(bucket, &name).await {
            tracing::warn!("failed to delete {}: {error}", bucket.url(&name));
        }
    }
}

/// Returns the name of the file of a load job in a bucket.
fn file_name(id: JobId<'_>) -> String {
    format!("{}.parquet", id.id)
}
