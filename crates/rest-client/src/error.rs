//! The error of this crate.

use std::time::Duration;

use catchment_settings::Redactor;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::error_kind::ErrorKind;
use crate::excerpt;
use crate::redact::redact_url;

/// Why a request failed: one line that names the method, the URL without its secrets, how often it was tried,
/// the cause and how the answer begins.
///
/// ```no_run
/// use catchment_rest_client::{ErrorKind, RestClient, StatusCode};
///
/// # async fn example(client: RestClient) -> Result<(), catchment_rest_client::Error> {
/// match client.get("issues/7", &[]).await {
///     Ok(issue) => println!("{}", issue.text()),
///     Err(error) if matches!(error.kind(), ErrorKind::Status(StatusCode::NOT_FOUND)) => println!("there is no issue 7"),
///     Err(error) if error.is_retryable() => println!("try again later: {error}"),
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
    source: Option<reqwest::Error>,
}

#[derive(Debug, Default)]
struct Context {
    request: Option<(Method, String)>,
    response: Option<(StatusCode, String)>,
    attempts: u32,
    stated_wait: Option<Duration>,
    /// What a response action or the headers say, where the kind alone does not tell.
    retryable: Option<bool>,
    /// Whether the server did nothing of what the request asks for.
    had_no_effect: bool,
    /// What else to know about it.
    note: Option<String>,
    /// The total time that ended the attempts.
    out_of_time: Option<Duration>,
}

impl Error {
    /// An error that belongs to no request, or not yet.
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error { kind: Box::new(kind), context: Box::new(Context { attempts: 1, ..Context::default() }), source: None }
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Whether the same request can succeed later: the server was overloaded or failed, or the connection did.
    /// The attempts of the client are used up then.
    pub fn is_retryable(&self) -> bool {
        self.context.retryable.unwrap_or_else(|| self.kind.is_retryable())
    }

    /// The method and the redacted URL of the request.
    pub fn request(&self) -> Option<(&Method, &str)> {
        self.context.request.as_ref().map(|(method, url)| (method, url.as_str()))
    }

    /// The status of the answer, where one came.
    pub fn status(&self) -> Option<StatusCode> {
        self.context.response.as_ref().map(|(status, _)| *status)
    }

    /// The first 300 characters of the answer's body, control characters escaped.
    pub fn body(&self) -> Option<&str> {
        self.context.response.as_ref().map(|(_, body)| body.as_str())
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.context.attempts
    }

    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.context.stated_wait
    }

    /// Whether it is certain that the request took no effect: it was not sent, or turned away by a rate limit.
    pub fn was_not_processed(&self) -> bool {
        self.context.had_no_effect
    }

    /// Whether there were no credentials to send; they have had attempts of their own.
    pub(crate) fn is_credentials_error(&self) -> bool {
        matches!(*self.kind, ErrorKind::TokenUnavailable { .. })
    }

    pub(crate) fn with_request(mut self, method: &Method, url: &Url) -> Error {
        self.context.request = Some((method.clone(), redact_url(url)));
        self
    }

    /// Removes secrets from all its texts, and the end of those that are too long to be read. Each error that leaves the
    /// crate has been here.
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

    /// Appends a sentence to the message.
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

    pub(crate) fn with_source(mut self, source: reqwest::Error) -> Error {
        // with its URL it would print the secrets in it
        self.source = Some(source.without_url());
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
        attempts.push_str(&format!(" (another attempt would be later than {total:?} after the first, see max_elapsed)"));
    }
    let body = context.response.as_ref().map(|(_, body)| body.as_str()).filter(|body| !body.is_empty());
    match (kind, body) {
        (ErrorKind::Status(status), None) => format!("{method} {url} answered {status}{attempts}{note}"),
        (ErrorKind::Status(status), Some(body)) => format!("{method} {url} answered {status}{attempts}{note}: {body}"),
        (kind, None) => format!("{method} {url} failed{attempts}: {kind}{note}"),
        (kind, Some(body)) => format!("{method} {url} failed{attempts}: {kind}{note}; the answer begins with: {body}"),
    }
}
