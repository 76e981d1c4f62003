//! Streaming queries.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use catchment_load::{LoadError, RecordBatchStream};
use catchment_load_package::PackageError;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use crate::BigQueryOptions;
use crate::client::{JobId, ResultsPage};
use crate::query_job::{ResultPages, configuration, guard, run_cancellable, unique_id};
use crate::reader::BigQueryReader;
use crate::results;

const STEP: &str = "query";

/// Executes a query in a dataset and streams its rows.
pub(crate) async fn stream(
    options: &BigQueryOptions,
    dataset: &str,
    sql: &str,
    stop: &CancellationToken,
) -> Result<RecordBatchStream, LoadError> {
    let reader = BigQueryReader::open(options, dataset, stop).await?;
    if !reader.has_dataset {
        let reason = format!("dataset `{dataset}` does not exist; nothing has been loaded yet");
        return Err(LoadError::Open { location: reader.location, reason });
    }
    let id = unique_id();
    let job = JobId { id: &id, location: &reader.dataset_location };
    let configuration = configuration(sql, Some((&options.project, dataset)), options.maximum_bytes_billed);
    run_cancellable(&reader.client, stop, (STEP, &reader.location), job, &configuration).await?;
    let mut pages = ResultPages::new(reader.client, id, reader.dataset_location);
    let first = guard(stop, STEP, &reader.location, pages.next()).await?.unwrap_or_default();
    let schema = results::schema(&first.schema.fields);
    let rows = Rows { pages, location: reader.location, stop: stop.clone(), schema: Arc::clone(&schema), next: Some(first) };
    let batches = stream::unfold(Some(rows), |rows| async {
        let mut rows = rows?;
        match rows.next_batch().await {
            Ok(Some(batch)) => Some((Ok(batch), Some(rows))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(RecordBatchStream::new(schema, batches))
}

/// The rows of a query.
struct Rows {
    pages: ResultPages,
    location: String,
    stop: CancellationToken,
    schema: SchemaRef,
    /// A page that is read already.
    next: Option<ResultsPage>,
}

impl Rows {
    async fn next_batch(&mut self) -> Result<Option<arrow::array::RecordBatch>, LoadError> {
        loop {
            let page = match self.next.take() {
                Some(page) => Some(page),
                None => guard(&self.stop, STEP, &self.location, self.pages.next()).await?,
            };
            let Some(page) = page else { return Ok(None) };
            if !page.rows.is_empty() {
                let batch = results::batch(&self.schema, &page.rows);
                return batch
                    .map(Some)
                    .map_err(|source| LoadError::Package(PackageError::Arrow { table: STEP.to_owned(), source }));
            }
        }
    }
}
