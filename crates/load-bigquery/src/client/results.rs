//! Results of queries.

use catchment_rest_client::Method;

use super::{ApiError, BigQueryClient, JobId, ResultsPage};

/// The maximum number of rows in a page. BigQuery ends a page earlier if it exceeds 10 MB.
const PAGE_ROWS: &str = "10000";

impl BigQueryClient {
    /// Returns a page of the rows of a query, the first one without a token. Timestamps are microseconds since 1970.
    pub(crate) async fn results(&self, job: JobId<'_>, page_token: Option<&str>) -> Result<ResultsPage, ApiError> {
        let mut params = vec![("location", job.location), ("maxResults", PAGE_ROWS), ("formatOptions.useInt64Timestamp", "true")];
        params.extend(page_token.map(|token| ("pageToken", token)));
        let page: ResultsPage = self.call(Method::GET, &format!("queries/{}", job.id), &params, None).await?;
        if page.job_complete { Ok(page) } else { Err(ApiError::without_response("the query is still running", true)) }
    }
}
