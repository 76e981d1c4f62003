//! A client of the BigQuery API, version 2: datasets, tables, jobs, uploads and results of queries.
//!
//! Requests are retried with exponential backoff if their error is transient. Requests that create something name it, so
//! that a repeated one is detected.

mod credentials;
mod error;
mod jobs;
mod objects;
mod resources;
mod results;
mod tables;
mod upload;
mod usage;

use std::time::Duration;

use catchment_rest_client::{
    BearerToken, Body, Method, Request, Response, ResponseAction, RestClient, RetryPolicy, StatusCode, Url, Verdict,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

pub use credentials::{CredentialsError, GoogleCredentials};
pub use error::{ApiError, ErrorProto};
pub(crate) use jobs::JobId;
pub(crate) use resources::{Job, ResultsCell, ResultsPage, ResultsRow, TableField};
pub(crate) use upload::CHUNK_UNIT;
pub(crate) use usage::JobUsage;

use crate::BigQueryOptions;
use credentials::TokenSource;

/// The header with the project that is charged for requests with user credentials.
const QUOTA_PROJECT: &str = "x-goog-user-project";

/// The maximum time of a response to a request.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A client of one project.
#[derive(Debug, Clone)]
pub(crate) struct BigQueryClient {
    http: RestClient,
    tokens: Option<TokenSource>,
    endpoint: String,
    storage_endpoint: String,
    project: String,
    /// What the jobs that were waited for have used.
    usage: JobUsage,
}

impl BigQueryClient {
    /// Creates a client. Must be called in a tokio runtime, whose tasks refresh tokens.
    pub(crate) fn new(options: &BigQueryOptions) -> Result<BigQueryClient, ApiError> {
        let retry = RetryPolicy {
            max_attempts: 6,
            backoff_factor: options.retry_delay.as_secs_f64(),
            max_delay: Duration::from_secs(60),
            ..RetryPolicy::default()
        };
        // The API states whether an error is transient in the body, not only in the status.
        let by_reason = ResponseAction::from_fn(|response| {
            let status = response.status();
            if status.is_success() {
                return Ok(Verdict::Continue);
            }
            // An upload of which the service needs more.
            if status == StatusCode::PERMANENT_REDIRECT {
                return Ok(Verdict::Ignore);
            }
            let error = error::parse_body(&response.text());
            let is_transient = error::is_transient_response(status, &error.reason, &error.message);
            Ok(if is_transient { Verdict::Retry } else { Verdict::Ignore })
        });
        let http = RestClient::builder()
            .base_url(&options.endpoint)
            .trusted_origin(&options.storage_endpoint)
            .retry(retry)
            .timeout(TIMEOUT)
            .response_action(by_reason);
        let http = http.build().map_err(|error| ApiError::without_response(error, false))?;
        let tokens = match options.uses_credentials() {
            true => Some(TokenSource::new(&options.credentials).map_err(|error| ApiError::without_response(error, false))?),
            false => None,
        };
        Ok(BigQueryClient {
            http,
            tokens,
            endpoint: options.endpoint.clone(),
            storage_endpoint: options.storage_endpoint.clone(),
            project: options.project.clone(),
            usage: JobUsage::default(),
        })
    }

    /// Records in `usage` what jobs use.
    pub(crate) fn with_usage(self, usage: JobUsage) -> BigQueryClient {
        BigQueryClient { usage, ..self }
    }

    /// Returns the URL of a resource of the project.
    fn url(&self, path: &str) -> Result<Url, ApiError> {
        self.parse_url(&format!("{}/bigquery/v2/projects/{}/{path}", self.endpoint, self.project))
    }

    fn parse_url(&self, url: &str) -> Result<Url, ApiError> {
        Url::parse(url).map_err(|error| {
            ApiError::without_response(format!("invalid URL {:?}: {error}", url.split('?').next().unwrap_or_default()), false)
        })
    }

    /// Sends a request with a JSON body.
    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        params: &[(&str, &str)],
        body: Option<&Json>,
    ) -> Result<T, ApiError> {
        let mut request = Request::new(method, self.url(path)?).params(params);
        // A repeated request that creates something fails, because all have names.
        request.idempotent = true;
        if let Some(body) = body {
            request = with_json(request, body)?;
        }
        parse(&self.send(&request).await?)
    }

    /// Sends a request. Error responses other than 308 are errors.
    async fn send(&self, request: &Request) -> Result<Response, ApiError> {
        let response = self.send_once(request).await?;
        let is_refused = response.status() == StatusCode::UNAUTHORIZED;
        let response = match &self.tokens {
            // A cached token can be revoked before it expires.
            Some(tokens) if is_refused => {
                tokens.renew().map_err(|error| ApiError::without_response(error, false))?;
                self.send_once(request).await?
            }
            _ => response,
        };
        match response.status() {
            status if status.is_success() || status == StatusCode::PERMANENT_REDIRECT => Ok(response),
            status => Err(ApiError::of_response(status, &response.text())),
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Response, ApiError> {
        let (mut client, mut request) = (self.http.clone(), request.clone());
        if let Some(tokens) = &self.tokens {
            let token = tokens.token().await.map_err(|error| ApiError::without_response(error, true))?;
            client = client.with_auth(BearerToken::new(token.access_token));
            if let Some(project) = &token.quota_project {
                request = request.header(QUOTA_PROJECT, project).map_err(|error| ApiError::without_response(error, false))?;
            }
        }
        client.send(&request).await.map_err(|error| {
            let is_transient = error.is_retryable();
            match (error.status(), error.body()) {
                // After the last retry. The body is an excerpt, which may not be parsed.
                (Some(status), Some(body)) => ApiError { is_transient, ..ApiError::of_response(status, body) },
                _ => ApiError::without_response(&error, is_transient),
            }
        })
    }
}

fn with_json(request: Request, body: &Json) -> Result<Request, ApiError> {
    let request = request.header("content-type", "application/json; charset=UTF-8");
    let request = request.map_err(|error| ApiError::without_response(error, false))?;
    Ok(request.body(Body::Bytes(body.to_string().into_bytes())))
}

/// Parses a response. An empty body is null.
pub(crate) fn parse<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    let text = response.text();
    let is_empty = text.trim().is_empty();
    serde_json::from_str(if is_empty { "null" } else { &text }).map_err(|error| {
        let found = if is_empty { "an empty response".to_owned() } else { format!("an unexpected response: {error}") };
        ApiError::without_response(format!("the service returned {found}; a proxy may have changed it"), false)
    })
}
