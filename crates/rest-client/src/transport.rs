//! Sends requests with retries.

mod attempt;
mod body;
mod exchange;
mod failure;
mod hop;
mod redirect;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::page_memory::MemoryPermit;
use crate::rate_limiter::RateLimiter;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;

pub(crate) use exchange::ResponseSource;
pub(crate) use failure::root_cause;

/// Longer delays are logged as warnings, because the program seems to hang.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// The source of responses, with its limits.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) source: ResponseSource,
    pub(crate) gate: RateLimiter,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
}

impl Transport {
    /// Sends `request`, with retries, and returns the response.
    ///
    /// `early` receives the first successful response without its body, as soon as its headers have arrived. If that body is
    /// incomplete, the returned response comes from a later attempt. A response that does not fit into `permit` is an error.
    pub(crate) async fn send(
        self: &Arc<Self>,
        rules: &RequestConfig,
        request: &Request,
        mut early: Option<oneshot::Sender<Response>>,
        permit: &mut MemoryPermit,
    ) -> Result<Response, Error> {
        request.add_secrets(&rules.redactor);
        request.check_length().map_err(|kind| Error::from(kind).redacted(&rules.redactor))?;
        let policy = &rules.retry;
        let mut delays = policy.delays();
        // no limit if the deadline overflows
        let end = Instant::now().checked_add(policy.max_elapsed);
        let mut attempt = 1;
        loop {
            let error = match before(end, self.attempt(rules, request, &mut early, permit)).await {
                Some(Ok(response)) => return Ok(response.after_attempts(attempt)),
                Some(Err(error)) => error.redacted(&rules.redactor).with_attempts(attempt),
                None => {
                    let kind = ErrorKind::MaxElapsedExceeded { total: policy.max_elapsed };
                    let error = Error::new(kind).with_request(&request.method, &request.full_url());
                    return Err(error.redacted(&rules.redactor).with_attempts(attempt));
                }
            };
            if attempt >= policy.max_attempts || !may_be_sent_again(request, &error) {
                return Err(error);
            }
            // the server of a replay is never busy
            let delay = if self.is_replay() { Duration::ZERO } else { delays.next(error.retry_after()) };
            if end.is_some_and(|end| Instant::now() + delay >= end) {
                return Err(error.with_max_elapsed(policy.max_elapsed));
            }
            attempt += 1;
            if delay > LONG_WAIT {
                tracing::warn!("retrying in {delay:.1?} (attempt {attempt} of {}): {error}", policy.max_attempts);
            } else {
                tracing::debug!("retrying in {delay:.1?} (attempt {attempt} of {}): {error}", policy.max_attempts);
            }
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// Returns true if responses come from a recording.
    pub(crate) fn is_replay(&self) -> bool {
        matches!(self.source, ResponseSource::Replay(_))
    }
}

/// Returns the output of `future`, or `None` at the deadline `end`.
async fn before<T>(end: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    match end {
        Some(end) => timeout_at(end, future).await.ok(),
        None => Some(future.await),
    }
}

/// Returns true if another attempt can succeed, and is safe even if the server processed the failed one.
fn may_be_sent_again(request: &Request, error: &Error) -> bool {
    error.is_retryable() && (request.idempotent || error.was_not_processed()) && !error.is_credentials_error()
}
