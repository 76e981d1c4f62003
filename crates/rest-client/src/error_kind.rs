//! Kinds of errors.

use std::time::Duration;

use catchment_json::{DeserializeError, ParseError, ParseErrorKind, PathLimitError};
use reqwest::StatusCode;
use thiserror::Error;

/// The kind of an [`Error`](crate::Error). Its message follows "GET https://… failed: ".
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A response with a status other than 200 to 299.
    #[error("the server returned {0}")]
    Status(StatusCode),
    /// A response with a status of 200 to 299 that a response action marked as an error.
    #[error("a response action marked this response as an error despite its status {0}")]
    RejectedByAction(StatusCode),
    /// The host refused the connection.
    #[error("connection refused: nothing listens on {host}")]
    ConnectionRefused {
        /// Host and port.
        host: String,
    },
    /// The host name does not resolve.
    #[error("cannot resolve the host {host}")]
    UnknownHost {
        /// Host and port.
        host: String,
    },
    /// The TLS handshake failed, for example because of an expired certificate.
    #[error("TLS handshake with {host} failed: {reason}")]
    Tls {
        /// Host and port.
        host: String,
        /// The error of the TLS library.
        reason: String,
    },
    /// Any other failure to connect, to send the request, or to receive the headers of the response.
    #[error("the connection to {host} failed: {reason}")]
    Connection {
        /// Host and port.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// The server sent no data for longer than the timeout.
    #[error("timed out: {host} sent no data for {timeout:?}")]
    Timeout {
        /// Host and port.
        host: String,
        /// The timeout of the client.
        timeout: Duration,
    },
    /// All attempts together exceeded the total time of a request.
    #[error("no complete response within {total:?}, the limit for all attempts of a request (max_elapsed)")]
    MaxElapsedExceeded {
        /// The `max_elapsed` of the retry policy.
        total: Duration,
    },
    /// The body ended early or is corrupt.
    #[error("the response is incomplete after {received} bytes: {reason}")]
    IncompleteBody {
        /// Received bytes, decompressed.
        received: usize,
        /// The innermost cause.
        reason: String,
    },
    /// The response needs more memory than the client allows.
    #[error("the response needs more than {limit} bytes of memory, the limit of the client")]
    ResponseTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A URL that is longer than HTTP libraries support, usually because of a parameter from a response or a row.
    #[error("the request URL has {bytes} bytes, the limit is {limit}; its longest part is {part}")]
    UrlTooLong {
        /// The length of the URL in bytes, or a lower bound.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
        /// The longest part of the URL.
        part: String,
    },
    /// A partial response to a request without a `Range` header.
    #[error("the server returned 206 Partial Content to a request without a range: the rest of the response is missing")]
    PartialContent,
    /// Too many redirects.
    #[error("more than {limit} redirects, the last one to {last}; check the URL of the request")]
    TooManyRedirects {
        /// The maximum number of redirects.
        limit: usize,
        /// The redacted target of the last redirect.
        last: String,
    },
    /// A redirect to an invalid URL.
    #[error("cannot follow the redirect to {target:?}: not a valid http or https URL")]
    InvalidRedirect {
        /// The target in the response, without its query.
        target: String,
    },
    /// A URL from data that has a secret in its path and leads to an untrusted origin.
    #[error(
        "the request URL has a secret in its path and leads to {origin}, which is not the origin of the API; if it belongs to the \
         API, add it to the client of the spec: trusted_origins: [\"{origin}\"]"
    )]
    SecretInForeignUrl {
        /// The origin of the URL.
        origin: String,
    },
    /// A complete body that is not JSON.
    #[error("{}", invalid_json(.0))]
    InvalidJson(ParseError),
    /// A body that does not fit the type of the program; see [`Response::json`](crate::Response::json).
    #[error("the response does not have the expected structure: {0}")]
    UnexpectedJson(DeserializeError),
    /// The search for the data selector exceeded its limit.
    #[error(transparent)]
    SelectorLimit(PathLimitError),
    /// A body in a charset that is not supported.
    #[error("the charset `{charset}` in Content-Type is not supported, and the body is not UTF-8")]
    UnknownCharset {
        /// The name of the charset in the response.
        charset: String,
    },
    /// A body that is invalid in the charset that the response declares.
    #[error("Content-Type or a byte order mark declares the charset `{charset}`, but the body is not valid in it")]
    InvalidCharset {
        /// The name of the charset.
        charset: String,
    },
    /// A response in which the data selector matches no list, object or `null`.
    #[error(
        "the data selector `{selector}` matches {found}, the body is {body}: correct the selector, or set data_selector_required to false if this is an empty page"
    )]
    RowsNotFound {
        /// The selector.
        selector: String,
        /// A description of the match.
        found: &'static str,
        /// A description of the body: its type and the names of its keys.
        body: String,
    },
    /// A response with a success status whose body reports an error.
    #[error(
        "the response has no rows and its key `{key}` reports an error: set `data_selector` if the body is a row (`$` selects the \
         body), or add a response action to ignore it"
    )]
    ErrorBody {
        /// The key that reports the error.
        key: String,
    },
    /// A next link that is not a valid URL.
    #[error("cannot follow the next link {location}: it is {found}; correct the path of the paginator, or set another paginator")]
    InvalidNextLink {
        /// The location of the link: a path in the body, or a header.
        location: String,
        /// The value found there.
        found: String,
    },
    /// A field that the paginator reads is missing or has the wrong type.
    #[error("`{path}` ({setting} of the paginator) is {found} in the response, but must be {expected}: {hint}")]
    UnexpectedField {
        /// The setting that contains the path.
        setting: &'static str,
        /// The path.
        path: String,
        /// The expected type.
        expected: &'static str,
        /// The value found, abbreviated.
        found: String,
        /// The remedy.
        hint: &'static str,
    },
    /// A parameter with a guessed name has no effect.
    #[error(
        "the second page has the same rows as the first: the API ignores the guessed parameter `{param}`; set a paginator with the right parameter"
    )]
    IgnoredParameter {
        /// The name of the parameter.
        param: String,
    },
    /// Signs of further pages that the detected paginator cannot follow.
    #[error(
        "further pages may be missing, and the pagination cannot be detected: {evidence}; set a paginator in the spec, such as `paginator: {suggestion}`, or `paginator: single_page` if the first page has all rows"
    )]
    UndetectedPagination {
        /// The sign of further pages.
        evidence: String,
        /// A possible paginator, in the syntax of specs.
        suggestion: String,
    },
    /// Consecutive empty pages of a detected pagination.
    #[error(
        "the last {pages} pages have no rows, but each leads to another page; set a paginator in the spec, such as `paginator: {{type: cursor, cursor_path: …, cursor_param: …, stop_after_empty_page: true}}`"
    )]
    EmptyPages {
        /// The number of empty pages.
        pages: u32,
    },
    /// A position that the paginator cannot resume from.
    #[error("cannot resume the pagination: {found} is not a valid position of this paginator; start from the first page")]
    InvalidPosition {
        /// The type of the value.
        found: &'static str,
    },
    /// A request and its response that already occurred in the pagination.
    #[error("{}", repeated(*.is_empty))]
    PaginationLoop {
        /// Whether the page has no rows.
        is_empty: bool,
    },
    /// The same page in response to consecutive different requests.
    #[error(
        "the last {pages} pages have the same rows, although each request was different: the API seems to ignore the parameters of the paginator; check their names"
    )]
    StalledPagination {
        /// The number of identical pages.
        pages: usize,
    },
    /// An invalid URL.
    #[error("invalid URL {url:?}: {reason}")]
    InvalidUrl {
        /// The URL, without its query.
        url: String,
        /// The cause.
        reason: String,
    },
    /// An invalid header. Its value is not shown.
    #[error("invalid header {name:?}: its name or value has a character that headers cannot contain, such as a line break")]
    InvalidHeader {
        /// The name of the header.
        name: String,
    },
    /// An invalid cookie. Its value is not shown.
    #[error("invalid cookie {name:?}: its name or value has a character that cookies cannot contain, such as a semicolon")]
    InvalidCookie {
        /// The name of the cookie.
        name: String,
    },
    /// A path in the request body that a paginator cannot set.
    #[error("cannot set `{path}` in the request body: expected an object on this path, found {found}")]
    InvalidBodyPath {
        /// The dotted path.
        path: String,
        /// The type of the value that is not an object.
        found: String,
    },
    /// A response of a token endpoint without a token.
    #[error("the response has no string `access_token`: it has {keys}")]
    MissingAccessToken {
        /// The keys of the response.
        keys: String,
    },
    /// A new refresh token that could not be stored.
    #[error("cannot store the new refresh token: {reason}")]
    TokenNotStored {
        /// The error of the store.
        reason: String,
    },
    /// An invalid private key.
    #[error("invalid private key: {problem}")]
    InvalidPrivateKey {
        /// The cause.
        problem: String,
    },
    /// The access token for the request could not be fetched.
    #[error("cannot get an access token: {reason}")]
    TokenUnavailable {
        /// The cause.
        reason: String,
        /// Whether a later attempt may succeed.
        retryable: bool,
    },
    /// An invalid setting of the client.
    #[error("the setting {name} is {value}, but must be {expected}")]
    InvalidSetting {
        /// The name of the setting.
        name: &'static str,
        /// The invalid value.
        value: String,
        /// The valid values.
        expected: &'static str,
    },
    /// The HTTP client could not be created, for example because root certificates are missing.
    #[error("cannot set up the HTTP client: {reason}")]
    ClientBuild {
        /// The innermost cause.
        reason: String,
    },
    /// A folder for a new recording that contains files.
    #[error("{path} is not empty; record into a new folder")]
    RecordingFolderNotEmpty {
        /// The folder.
        path: String,
    },
    /// A file of a recording that could not be written.
    #[error("cannot write the recording to {path}: {reason}; free disk space or check the permissions, and record again")]
    RecordingNotWritten {
        /// The file or folder.
        path: String,
        /// The error of the file system.
        reason: String,
    },
    /// A recording that is missing or invalid.
    #[error("cannot read the recording {path}: {reason}")]
    InvalidRecording {
        /// The file or folder.
        path: String,
        /// The cause.
        reason: String,
    },
    /// A request without a response in the recording.
    #[error("{reason}")]
    NotRecorded {
        /// The cause and the nearest recorded request.
        reason: String,
    },
    /// The tokio runtime shut down while the request was in flight.
    #[error("the tokio runtime shut down during the request")]
    RuntimeShutDown,
    /// An error of a custom paginator, with its message.
    #[error("{0}")]
    Custom(String),
}

fn invalid_json(error: &ParseError) -> String {
    match error.kind {
        ParseErrorKind::NotUtf8 => {
            format!("{error}: byte {} is invalid, and Content-Type declares no other charset", error.offset)
        }
        _ => error.to_string(),
    }
}

fn repeated(is_empty: bool) -> &'static str {
    if is_empty {
        "pagination loop: this request and its empty response occurred before; if an empty page is the last one, set `stop_after_empty_page` of the paginator"
    } else {
        "pagination loop: this request and its response occurred before; check the paginator"
    }
}

impl ErrorKind {
    /// Returns true if the same request can succeed later.
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
}

impl From<ErrorKind> for crate::error::Error {
    /// Creates an error without a request.
    fn from(kind: ErrorKind) -> crate::error::Error {
        crate::error::Error::new(kind)
    }
}
