//! Resumable uploads: <https://cloud.google.com/bigquery/docs/reference/api-uploads>.

use std::time::Duration;

use bytes::Bytes;
use catchment_rest_client::{Body, Method, Request, Response, StatusCode, Url};
use serde_json::Value as Json;

use super::{ApiError, BigQueryClient, JobId, with_json};

/// The size of a chunk must be a multiple of this.
pub(crate) const CHUNK_UNIT: usize = 256 << 10;

/// The number of times that an upload is resumed after errors without progress.
const MAX_RESUMES: u32 = 6;

/// An upload of a file, in chunks.
pub(crate) struct ResumableUpload<'c> {
    client: &'c BigQueryClient,
    session: Url,
    /// The number of bytes that the service has stored.
    stored: u64,
    retry_delay: Duration,
}

/// The state of an upload.
enum Progress {
    /// The service has stored this number of bytes.
    Stored(u64),
    /// The upload is complete. The response is the job that has started, or the file.
    Complete(Box<Response>),
}

impl BigQueryClient {
    /// Begins the upload of a file whose load job starts when the upload is complete.
    pub(crate) async fn begin_upload(
        &self,
        job: JobId<'_>,
        configuration: &Json,
        retry_delay: Duration,
    ) -> Result<ResumableUpload<'_>, ApiError> {
        let url = format!("{}/upload/bigquery/v2/projects/{}/jobs", self.endpoint, self.project);
        let request = Request::new(Method::POST, self.parse_url(&url)?);
        self.begin_resumable(request, &self.job_resource(job, configuration), retry_delay).await
    }

    /// Begins an upload of what `resource` describes.
    pub(super) async fn begin_resumable(
        &self,
        request: Request,
        resource: &Json,
        retry_delay: Duration,
    ) -> Result<ResumableUpload<'_>, ApiError> {
        let endpoint = request.url.clone();
        let mut request = request.param("uploadType", "resumable");
        request.idempotent = true;
        let request = with_json(request, resource)?;
        let header = |request: Request| request.header("x-upload-content-type", "application/octet-stream");
        let request = header(request).map_err(|error| ApiError::without_response(error, false))?;
        let response = self.send(&request).await?;
        let session = response.headers().get("location").and_then(|value| value.to_str().ok());
        let no_session = || ApiError::without_response("the service returned no URL for the upload", true);
        let session = self.parse_url(session.ok_or_else(no_session)?)?;
        // Rows and the token are sent there.
        if self.tokens.is_some() && !is_of_service(&session, &endpoint) {
            let message = format!(
                "the service returned the URL of an upload at another host, {}; a proxy may have changed it",
                session.origin().ascii_serialization()
            );
            return Err(ApiError::without_response(message, false));
        }
        Ok(ResumableUpload { client: self, session, stored: 0, retry_delay })
    }
}

impl ResumableUpload<'_> {
    /// Sends a chunk, whose size is a multiple of [`CHUNK_UNIT`] except for the last. Returns the response to the last
    /// chunk: the job that has started, or the file.
    pub(crate) async fn send(&mut self, chunk: Bytes, is_last: bool) -> Result<Option<Response>, ApiError> {
        let begin = self.stored;
        let end = begin + chunk.len() as u64;
        let mut resumes = 0;
        loop {
            let sent = usize::try_from(self.stored - begin).unwrap_or(usize::MAX).min(chunk.len());
            let before = self.stored;
            let total = if is_last { end.to_string() } else { "*".to_owned() };
            let range = match end - self.stored {
                0 => format!("bytes */{total}"),
                _ => format!("bytes {}-{}/{total}", self.stored, end - 1),
            };
            let progress = match self.put(chunk.slice(sent..), &range).await {
                // The service may have stored a part of the chunk.
                Err(error) if error.is_transient && resumes < MAX_RESUMES => {
                    tokio::time::sleep(self.retry_delay * 2_u32.pow(resumes)).await;
                    self.status().await
                }
                result => result,
            };
            let progress = match progress {
                Err(error) if error.is_transient && resumes < MAX_RESUMES => {
                    resumes += 1;
                    continue;
                }
                progress => progress?,
            };
            match progress {
                Progress::Complete(response) => return Ok(Some(*response)),
                Progress::Stored(stored) if (begin..=end).contains(&stored) => self.stored = stored,
                Progress::Stored(stored) => {
                    let message = format!("the service stored {stored} bytes of an upload, expected {begin} to {end}");
                    return Err(ApiError::without_response(message, true));
                }
            }
            match self.stored == end {
                true if !is_last => return Ok(None),
                _ if self.stored > before => resumes = 0,
                _ if resumes >= MAX_RESUMES => {
                    return Err(ApiError::without_response("the service stores no more bytes of an upload", true));
                }
                _ => resumes += 1,
            }
        }
    }

    async fn put(&self, bytes: Bytes, range: &str) -> Result<Progress, ApiError> {
        // A repeated chunk is an error if the service has stored it.
        self.request(bytes, range, false).await
    }

    /// Returns how much of the file the service has stored.
    async fn status(&self) -> Result<Progress, ApiError> {
        self.request(Bytes::new(), "bytes */*", true).await
    }

    async fn request(&self, bytes: Bytes, range: &str, is_idempotent: bool) -> Result<Progress, ApiError> {
        let request = Request::new(Method::PUT, self.session.clone()).header("content-range", range);
        let mut request = request.map_err(|error| ApiError::without_response(error, false))?.body(Body::Bytes(bytes.into()));
        request.idempotent = is_idempotent;
        let response = self.client.send(&request).await?;
        match response.status() {
            StatusCode::PERMANENT_REDIRECT => Ok(Progress::Stored(stored_bytes(&response))),
            _ => Ok(Progress::Complete(Box::new(response))),
        }
    }
}

/// Returns true if an upload may be sent to `session`: to the endpoint, or from one host of Google to another.
fn is_of_service(session: &Url, endpoint: &Url) -> bool {
    let is_google = |url: &Url| {
        url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(|host| host.ends_with(".googleapis.com"))
    };
    session.origin() == endpoint.origin() || (is_google(session) && is_google(endpoint))
}

/// Returns the number of bytes in the header `Range: bytes=0-N`; without the header, nothing is stored.
fn stored_bytes(response: &Response) -> u64 {
    let range = response.headers().get("range").and_then(|value| value.to_str().ok());
    let last = range.and_then(|range| range.rsplit_once('-')?.1.parse::<u64>().ok());
    last.map_or(0, |last| last + 1)
}
