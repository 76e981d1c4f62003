//! Sending a request until it succeeds or has failed for good.

mod attempt;
mod body;
mod failure;
mod redirect;

use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;
use crate::retry::RetryPolicy;

pub(crate) use failure::root_cause;

/// From here on a wait is worth a warning: people look at a program that seems to hang.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// The connections and what every request has in common.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) headers: HeaderMap,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) max_body_bytes: usize,
}

impl Transport {
    /// The answer to `request`. `early` gets the first good answer without its body as soon as the headers are
    /// there; the answer that is returned may be a later one, when the body of that one was cut short.
    pub(crate) async fn send(&self, request: &Request, mut early: Option<oneshot::Sender<Response>>) -> Result<Response, Error> {
        let mut delays = self.retry.delays();
        let mut attempts = 1;
        loop {
            let error = match self.attempt(request, &mut early).await {
                Ok(response) => return Ok(response.after_attempts(attempts)),
                Err(error) => error.after_attempts(attempts),
            };
            if attempts >= self.retry.max_attempts || !request.idempotent || !error.is_retryable() {
                return Err(error);
            }
            let delay = delays.next(error.retry_after());
            if delay > LONG_WAIT {
                tracing::warn!("waiting {delay:.1?} before attempt {} of {}: {error}", attempts + 1, self.retry.max_attempts);
            } else {
                tracing::debug!("waiting {delay:.1?} before attempt {} of {}: {error}", attempts + 1, self.retry.max_attempts);
            }
            tokio::time::sleep(delay).await;
            attempts += 1;
        }
    }
}
