//! Query jobs.

use catchment_load::LoadError;
use catchment_load::sql::TextRows;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

use crate::client::{ApiError, BigQueryClient, JobId, ResultsCell, ResultsPage};

/// The maximum number of consecutive pages without rows.
const MAX_EMPTY_PAGES: u32 = 100;

/// The configuration of a query job.
pub(crate) fn configuration(sql: &str, default_dataset: Option<(&str, &str)>, maximum_bytes_billed: Option<u64>) -> Json {
    let mut query = json!({"query": sql, "useLegacySql": false});
    if let Some((project, dataset)) = default_dataset {
        query["defaultDataset"] = json!({"projectId": project, "datasetId": dataset});
    }
    if let Some(bytes) = maximum_bytes_billed {
        query["maximumBytesBilled"] = json!(bytes.to_string());
    }
    json!({"query": query})
}

/// Returns an id for the job of a query.
pub(crate) fn unique_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{SystemTime, UNIX_EPOCH};

    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("catchment_query_{now}_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Executes queries whose columns are text.
pub(crate) async fn text_rows(
    client: &BigQueryClient,
    location: &str,
    sql: &str,
    maximum_bytes_billed: Option<u64>,
) -> Result<TextRows, ApiError> {
    let id = unique_id();
    let job = JobId { id: &id, location };
    client.run_job(job, &configuration(sql, None, maximum_bytes_billed)).await?;
    let (mut rows, mut pages) = (TextRows::new(), ResultPages::new(client.clone(), id.clone(), location.to_owned()));
    while let Some(page) = pages.next().await? {
        rows.extend(page.rows.into_iter().map(|row| row.f.iter().map(ResultsCell::text).collect()));
    }
    Ok(rows)
}

/// Awaits a request. A cancellation ends it.
pub(crate) async fn guard<T>(
    stop: &CancellationToken,
    step: &str,
    location: &str,
    request: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, LoadError> {
    tokio::select! {
        result = request => result.map_err(|error| error.into_load_error(step, location)),
        () = stop.cancelled() => Err(LoadError::Cancelled),
    }
}

/// Executes a job. A cancellation also cancels the job.
pub(crate) async fn run_cancellable(
    client: &BigQueryClient,
    stop: &CancellationToken,
    (step, location): (&str, &str),
    id: JobId<'_>,
    configuration: &Json,
) -> Result<(), LoadError> {
    let result = guard(stop, step, location, client.run_job(id, configuration)).await;
    if matches!(result, Err(LoadError::Cancelled))
        && let Err(error) = client.cancel_job(id).await
    {
        tracing::debug!("failed to cancel job {}: {error}", id.id);
    }
    result
}

/// The pages of the results of a query.
pub(crate) struct ResultPages {
    client: BigQueryClient,
    job_id: String,
    job_location: String,
    token: Option<String>,
    empty_pages: u32,
    is_done: bool,
}

impl ResultPages {
    pub(crate) fn new(client: BigQueryClient, job_id: String, job_location: String) -> ResultPages {
        ResultPages { client, job_id, job_location, token: None, empty_pages: 0, is_done: false }
    }

    /// Returns the next page, or `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<ResultsPage>, ApiError> {
        if self.is_done {
            return Ok(None);
        }
        let job = JobId { id: &self.job_id, location: &self.job_location };
        let page = self.client.results(job, self.token.as_deref()).await?;
        let next = page.page_token.clone().filter(|token| !token.is_empty());
        self.empty_pages = if page.rows.is_empty() { self.empty_pages + 1 } else { 0 };
        if next.is_some() && (next == self.token || self.empty_pages > MAX_EMPTY_PAGES) {
            return Err(ApiError::without_response("the service returns pages of results without end", false));
        }
        self.token = next;
        self.is_done = self.token.is_none();
        Ok(Some(page))
    }
}
