//! The error type of this crate.

use std::time::Duration;

use catchment_settings::Redactor;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::error_kind::ErrorKind;
use crate::excerpt;
use crate::redact::redact_url;

/// An error, usually of a failed request.
///
/// Displays as one line: method, redacted URL, number of attempts, cause, and the beginning of the response body.
///
/// ```no_run
/// use catchment_rest_client::{ErrorKind, RestClient, StatusCode};
///
/// # async fn example(client: RestClient) -> Result<(), catchment_rest_client::Error> {
/// match client.get("issues/7", &[]).await {
///     Ok(issue) => println!("{}", issue.text()),
///     Err(error) if matches!(error.kind(), ErrorKind::Status(StatusCode::NOT_FOUND)) => println!("issue 7 does not exist"),
///     Err(error) if error.is_retryable() => println!("temporary failure: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{}", message(.kind, .context))]
pub struct Error {
    kind: Box<ErrorKind>,
    context: Box<Context>,
}

#[derive(Debug, Default)]
struct Context {
    request: Option<(Method, String)>,
    response: Option<(StatusCode, String)>,
    attempts: u32,
    stated_wait: Option<Duration>,
    /// Overrides the retryability of the kind; set by response actions and rate limit headers.
    retryable: Option<bool>,
    /// Whether the server certainly did not process the request.
    had_no_effect: bool,
    /// A note that is appended to the message.
    note: Option<String>,
    /// The `max_elapsed` that prevented another attempt.
    out_of_time: Option<Duration>,
}

impl Error {
    /// Creates an error without a request.
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error { kind: Box::new(kind), context: Box::new(Context { attempts: 1, ..Context::default() }) }
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Returns true if the same request can succeed later: the server was overloaded or failed, or the connection failed.
    /// The client has already used all attempts of its retry policy.
    pub fn is_retryable(&self) -> bool {
        self.context.retryable.unwrap_or_else(|| self.kind.is_retryable())
    }

    /// Returns the method and the redacted URL of the request.
    pub fn request(&self) -> Option<(&Method, &str)> {
        self.context.request.as_ref().map(|(method, url)| (method, url.as_str()))
    }

    /// Returns the status of the response, or `None` if no response arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.context.response.as_ref().map(|(status, _)| *status)
    }

    /// Returns the first 300 characters of the response body, with control characters escaped.
    pub fn body(&self) -> Option<&str> {
        self.context.response.as_ref().map(|(_, body)| body.as_str())
    }

    /// Returns the number of attempts.
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }

    /// Returns the delay that the server requested, for example in `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.context.stated_wait
    }

    /// Returns true if the server did not process the request: it was never sent, or a rate limit rejected it.
    pub fn was_not_processed(&self) -> bool {
        self.context.had_no_effect
    }

    /// Returns true if no access token was available. The token request has already been retried.
    pub(crate) fn is_credentials_error(&self) -> bool {
        matches!(*self.kind, ErrorKind::TokenUnavailable { .. })
    }

    pub(crate) fn with_request(mut self, method: &Method, url: &Url) -> Error {
        self.context.request = Some((method.clone(), redact_url(url)));
        self
    }

    /// Masks secrets in all texts, and truncates long ones. Every error passes through this before it leaves the crate.
    pub(crate) fn redacted(mut self, redactor: &Redactor) -> Error {
        let Context { request, response, note, .. } = &mut *self.context;
        let of_context = [request.as_mut().map(|(_, url)| url), response.as_mut().map(|(_, body)| body), note.as_mut()];
        for text in self.kind.texts_mut().into_iter().chain(of_context.into_iter().flatten()) {
            *text = excerpt::redacted(text, redactor);
        }
        self
    }

    pub(crate) fn with_response(mut self, status: StatusCode, body: String) -> Error {
        self.context.response = Some((status, body));
        self
    }

    /// Appends a note to the message.
    pub(crate) fn with_note(mut self, note: String) -> Error {
        self.context.note = Some(note);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Error {
        self.context.attempts = attempts;
        self
    }

    pub(crate) fn with_stated_wait(mut self, wait: Option<Duration>) -> Error {
        self.context.stated_wait = wait;
        self
    }

    pub(crate) fn retryable(mut self, retryable: bool) -> Error {
        self.context.retryable = Some(retryable);
        self
    }

    pub(crate) fn not_processed(mut self) -> Error {
        self.context.had_no_effect = true;
        self
    }

    pub(crate) fn with_max_elapsed(mut self, total: Duration) -> Error {
        self.context.out_of_time = Some(total);
        self
    }
}

fn message(kind: &ErrorKind, context: &Context) -> String {
    let Some((method, url)) = &context.request else { return kind.to_string() };
    let note = context.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    let mut attempts = match context.attempts {
        0 | 1 => String::new(),
        n => format!(" after {n} attempts"),
    };
    if let Some(total) = context.out_of_time {
        attempts.push_str(&format!(" (another attempt would exceed the total time of {total:?}, max_elapsed)"));
    }
    let body = context.response.as_ref().map(|(_, body)| body.as_str()).filter(|body| !body.is_empty());
    match (kind, body) {
        (ErrorKind::Status(status), None) => format!("{method} {url} returned {status}{attempts}{note}"),
        (ErrorKind::Status(status), Some(body)) => format!("{method} {url} returned {status}{attempts}{note}: {body}"),
        (kind, None) => format!("{method} {url} failed{attempts}: {kind}{note}"),
        (kind, Some(body)) => format!("{method} {url} failed{attempts}: {kind}{note}; the response begins with: {body}"),
    }
}
