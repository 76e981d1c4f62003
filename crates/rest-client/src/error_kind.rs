//! What can go wrong with a request.

use std::time::Duration;

use catchment_json::{ParseError, ParseErrorKind, PathLimitError};
use reqwest::StatusCode;
use thiserror::Error;

/// The kinds of [`Error`](crate::Error). Their messages end the sentence "GET https://… failed: ".
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An answer whose status is not 200 to 299.
    #[error("the answer was {0}")]
    Status(StatusCode),
    /// An answer with a status of 200 to 299 that a response action takes for an error.
    #[error("a response action takes this answer for an error, in spite of its status {0}")]
    RejectedByAction(StatusCode),
    /// The host is there, but nothing listens on the port.
    #[error("connection refused, nothing listens on {host}")]
    ConnectionRefused {
        /// Host and port.
        host: String,
    },
    /// The name of the host does not resolve.
    #[error("the host {host} is not known")]
    UnknownHost {
        /// Host and port.
        host: String,
    },
    /// The TLS handshake failed, for example on an expired certificate.
    #[error("no secure connection to {host}: {reason}")]
    Tls {
        /// Host and port.
        host: String,
        /// What the TLS library says.
        reason: String,
    },
    /// Any other failure to connect, to send, or to get the head of an answer.
    #[error("the connection to {host} broke: {reason}")]
    Connection {
        /// Host and port.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// Nothing came for longer than the timeout.
    #[error("{host} sent nothing for {timeout:?}")]
    Timeout {
        /// Host and port.
        host: String,
        /// The timeout of the client.
        timeout: Duration,
    },
    /// All attempts together took too long.
    #[error("there is no complete answer after {total:?}, which is all the time that a request may take (max_elapsed)")]
    MaxElapsedExceeded {
        /// The time that the retry policy allows.
        total: Duration,
    },
    /// The connection ended in the middle of a body.
    #[error("the answer was cut short after {received} bytes: {reason}")]
    IncompleteBody {
        /// Bytes that came.
        received: usize,
        /// The innermost cause.
        reason: String,
    },
    /// The answer takes more memory than the client allows.
    #[error("the answer takes more than {limit} bytes of memory, the limit of the client")]
    ResponseTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A URL that is longer than HTTP libraries support, mostly for a parameter that a response or a row had.
    #[error("the URL of the request has {bytes} bytes, and {limit} are supported; most of it is {part}")]
    UrlTooLong {
        /// Its length in bytes, or the least that it has.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
        /// Its longest part.
        part: String,
    },
    /// A part of an answer, where all of it was asked for.
    #[error("the server answered 206 Partial Content to a request without a range: the rest of the answer is missing")]
    PartialContent,
    /// Redirects without end.
    #[error("more than {limit} redirects, the last one to {last}")]
    TooManyRedirects {
        /// How many are followed.
        limit: usize,
        /// The redacted URL of the last one.
        last: String,
    },
    /// A redirect that cannot be followed.
    #[error("the redirect to {target:?} cannot be followed")]
    InvalidRedirect {
        /// What the answer gives as its target.
        target: String,
    },
    /// A URL that data leads to another origin, and that has a secret in its path.
    #[error(
        "the URL of the request has a secret in its path and leads to {origin}, which is another origin than that of the API; if it belongs to \
         the API, add it to the client of the spec: trusted_origins: [\"{origin}\"]"
    )]
    SecretInForeignUrl {
        /// Where it leads.
        origin: String,
    },
    /// A complete body that is not JSON.
    #[error("{}", invalid_json(.0))]
    InvalidJson(ParseError),
    /// The data selector is too much work in a response.
    #[error(transparent)]
    SelectorLimit(PathLimitError),
    /// A body in a charset that is not supported.
    #[error("the charset `{charset}` in Content-Type is not supported, and the body is not UTF-8")]
    UnknownCharset {
        /// Its name, as the response has it.
        charset: String,
    },
    /// A body that is not in the charset that the response declares.
    #[error("Content-Type or a byte order mark says that the body is `{charset}`, but it is not valid in this charset")]
    InvalidCharset {
        /// Its name.
        charset: String,
    },
    /// A response that has no rows where the data selector leads to.
    #[error(
        "the data selector `{selector}` leads to {found}, the body is {body}: correct the selector, or set data_selector_required to false if this is an empty page"
    )]
    RowsNotFound {
        /// The selector.
        selector: String,
        /// What stands there.
        found: &'static str,
        /// The kind of the body, and the names of its keys.
        body: String,
    },
    /// A response with a good status whose body is an error.
    #[error(
        "the response has no rows, and its `{key}` says that it is an error: name a `data_selector` if it is a row (`$` is the whole \
         body), or a response action to ignore it"
    )]
    ErrorBody {
        /// The key that says so.
        key: String,
    },
    /// A next link that cannot be followed.
    #[error("the next link {location} is {found}, which cannot be followed: name another paginator or correct its path")]
    InvalidNextLink {
        /// Where it stands: a path in the body or a header.
        location: String,
        /// What stands there.
        found: String,
    },
    /// A field that a paginator reads is missing or is something else.
    #[error("`{path}` ({setting} of the paginator) is {found} in the answer, and must be {expected}: {hint}")]
    UnexpectedField {
        /// The setting that has the path.
        setting: &'static str,
        /// The path.
        path: String,
        /// What the paginator needs.
        expected: &'static str,
        /// How what stands there begins.
        found: String,
        /// What to do.
        hint: &'static str,
    },
    /// A parameter whose name was guessed does nothing.
    #[error(
        "the second page has the rows of the first one: the API takes no notice of the parameter `{param}`, which was a guess; name a paginator, with the right parameter"
    )]
    IgnoredParameter {
        /// Its name.
        param: String,
    },
    /// Signs of further pages that a detected pagination cannot follow.
    #[error(
        "further pages may be missing, and how to ask for them is not known: {evidence}; name a paginator in the spec, such as `paginator: {suggestion}`, or `paginator: single_page` if the first page has all rows"
    )]
    UndetectedPagination {
        /// What says so.
        evidence: String,
        /// A paginator that may fit, as specs write it.
        suggestion: String,
    },
    /// A detected pagination that leads from empty page to empty page.
    #[error(
        "the last {pages} pages have no rows, and each leads to a further one; name a paginator in the spec, such as `paginator: {{type: cursor, cursor_path: …, cursor_param: …, stop_after_empty_page: true}}`"
    )]
    EmptyPages {
        /// How many.
        pages: u32,
    },
    /// A position that the paginator cannot go on from.
    #[error("the pages cannot go on from {found}, which is no position of this paginator: begin with the first page")]
    InvalidPosition {
        /// What kind of value it is.
        found: &'static str,
    },
    /// The pages go in a circle.
    #[error("{}", repeated(*.is_empty))]
    PaginationLoop {
        /// Whether the page has no rows.
        is_empty: bool,
    },
    /// Many requests in a row, all different, got the same page.
    #[error(
        "the last {pages} pages have the same rows, though each was asked for by another request: the API seems to take no notice of what the paginator sets"
    )]
    StalledPagination {
        /// How many.
        pages: usize,
    },
    /// A URL that cannot be read.
    #[error("cannot read the URL {url:?}: {reason}")]
    InvalidUrl {
        /// The URL, without its query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header that cannot be sent. Its value is not shown.
    #[error("the header {name:?} cannot be sent: its name or value has a character that headers cannot have")]
    InvalidHeader {
        /// Its name.
        name: String,
    },
    /// A cookie that cannot be sent. Its value is not shown.
    #[error("the cookie {name:?} cannot be sent: its name or value has a character that cookies cannot have")]
    InvalidCookie {
        /// Its name.
        name: String,
    },
    /// A field of the body that a paginator sets and that there is no place for.
    #[error("cannot set `{path}` in the body of the request: {found} stands in the way, an object is needed")]
    InvalidBodyPath {
        /// The dotted path.
        path: String,
        /// What stands there.
        found: String,
    },
    /// An answer of a token endpoint that has no token.
    #[error("the answer has no `access_token` that is a string: it has {keys}")]
    MissingAccessToken {
        /// The keys that it has.
        keys: String,
    },
    /// A refresh token that could not be stored.
    #[error("the new refresh token cannot be stored: {reason}")]
    TokenNotStored {
        /// What the store says.
        reason: String,
    },
    /// A private key that cannot be used.
    #[error("the private key cannot be used: {problem}")]
    InvalidPrivateKey {
        /// What is wrong with it.
        problem: String,
    },
    /// No access token could be had for the request.
    #[error("there is no access token: {reason}")]
    TokenUnavailable {
        /// Why not.
        reason: String,
        /// Whether it may be had later.
        retryable: bool,
    },
    /// A setting of the client that makes no sense.
    #[error("the setting {name} is {value}, it must be {expected}")]
    InvalidSetting {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// The HTTP client could not be set up, for example for lack of root certificates.
    #[error("cannot set up the HTTP client: {reason}")]
    ClientBuild {
        /// The innermost cause.
        reason: String,
    },
    /// The runtime shut down while the request was on its way.
    #[error("the runtime shut down")]
    RuntimeShutDown,
    /// Whatever an own paginator has to say.
    #[error("{0}")]
    Custom(String),
}

fn invalid_json(error: &ParseError) -> String {
    match error.kind {
        ParseErrorKind::NotUtf8 => {
            format!("{error}: byte {} is invalid, and Content-Type names no other charset", error.offset)
        }
        _ => error.to_string(),
    }
}

fn repeated(is_empty: bool) -> &'static str {
    if is_empty {
        "this request and this very answer, without rows, were in the pagination before: if an empty page is the end, set stop_after_empty_page of the paginator"
    } else {
        "this request and this very answer were in the pagination before, the pages go in a circle: check the paginator"
    }
}

impl ErrorKind {
    /// Whether the same request can succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            ErrorKind::Status(status) => *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
            ErrorKind::ConnectionRefused { .. }
            | ErrorKind::UnknownHost { .. }
            | ErrorKind::Connection { .. }
            | ErrorKind::Timeout { .. }
            | ErrorKind::MaxElapsedExceeded { .. }
            | ErrorKind::IncompleteBody { .. } => true,
            ErrorKind::TokenUnavailable { retryable, .. } => *retryable,
            _ => false,
        }
    }

    /// The texts in it that come from elsewhere, and may have secrets.
    pub(crate) fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            ErrorKind::ConnectionRefused { host: text }
            | ErrorKind::UnknownHost { host: text }
            | ErrorKind::Timeout { host: text, .. }
            | ErrorKind::IncompleteBody { reason: text, .. }
            | ErrorKind::TooManyRedirects { last: text, .. }
            | ErrorKind::UrlTooLong { part: text, .. }
            | ErrorKind::InvalidRedirect { target: text }
            | ErrorKind::SecretInForeignUrl { origin: text }
            | ErrorKind::UnknownCharset { charset: text }
            | ErrorKind::InvalidCharset { charset: text }
            | ErrorKind::ErrorBody { key: text }
            | ErrorKind::IgnoredParameter { param: text }
            | ErrorKind::InvalidHeader { name: text }
            | ErrorKind::InvalidCookie { name: text }
            | ErrorKind::MissingAccessToken { keys: text }
            | ErrorKind::TokenNotStored { reason: text }
            | ErrorKind::InvalidPrivateKey { problem: text }
            | ErrorKind::TokenUnavailable { reason: text, .. }
            | ErrorKind::InvalidSetting { value: text, .. }
            | ErrorKind::ClientBuild { reason: text }
            | ErrorKind::Custom(text) => vec![text],
            ErrorKind::Tls { host, reason } | ErrorKind::Connection { host, reason } => vec![host, reason],
            ErrorKind::RowsNotFound { selector, body, .. } => vec![selector, body],
            ErrorKind::InvalidNextLink { location, found } => vec![location, found],
            ErrorKind::UnexpectedField { path, found, .. } | ErrorKind::InvalidBodyPath { path, found } => vec![path, found],
            ErrorKind::UndetectedPagination { evidence, suggestion } => vec![evidence, suggestion],
            ErrorKind::InvalidUrl { url, reason } => vec![url, reason],
            ErrorKind::Status(_)
            | ErrorKind::RejectedByAction(_)
            | ErrorKind::MaxElapsedExceeded { .. }
            | ErrorKind::ResponseTooLarge { .. }
            | ErrorKind::PartialContent
            | ErrorKind::InvalidJson(_)
            | ErrorKind::EmptyPages { .. }
            | ErrorKind::InvalidPosition { .. }
            | ErrorKind::PaginationLoop { .. }
            | ErrorKind::StalledPagination { .. }
            | ErrorKind::SelectorLimit(_)
            | ErrorKind::RuntimeShutDown => Vec::new(),
        }
    }
}

impl From<ErrorKind> for crate::error::Error {
    /// An error that belongs to no request, or not yet.
    fn from(kind: ErrorKind) -> crate::error::Error {
        crate::error::Error::new(kind)
    }
}
