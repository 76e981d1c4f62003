//! What can go wrong with a request.

use std::time::Duration;

use catchment_json::ParseError;
use reqwest::StatusCode;
use thiserror::Error;

/// The kinds of [`Error`](crate::Error). Their messages end the sentence "GET https://… failed: ".
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An answer whose status is not 200 to 299.
    #[error("the answer was {0}")]
    Status(StatusCode),
    /// The host is there, but nothing listens on the port.
    #[error("connection refused, nothing listens on {host}")]
    Refused {
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
    /// The connection ended in the middle of a body.
    #[error("the answer was cut short after {received} bytes: {reason}")]
    CutShort {
        /// Bytes that came.
        received: usize,
        /// The innermost cause.
        reason: String,
    },
    /// The body is larger than the client accepts.
    #[error("the answer has more than {limit} bytes, the limit of the client")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
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
    /// A complete body that is not JSON.
    #[error("{0}")]
    InvalidJson(ParseError),
    /// A next link that cannot be followed.
    #[error("the next link {place} is {found}, which cannot be followed: name another paginator or correct its path")]
    InvalidNextLink {
        /// Where it stands: a path in the body or a header.
        place: String,
        /// What stands there.
        found: String,
    },
    /// The pages go in a circle.
    #[error("this request and this very answer were in the pagination before, the pages go in a circle: check the paginator")]
    Repeated,
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
    Setup {
        /// The innermost cause.
        reason: String,
    },
    /// The runtime shut down while the request was on its way.
    #[error("the runtime shut down")]
    ShutDown,
    /// Whatever an own paginator has to say.
    #[error("{0}")]
    Paginator(String),
}

impl ErrorKind {
    /// Whether the same request can succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            ErrorKind::Status(status) => *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
            ErrorKind::Refused { .. }
            | ErrorKind::UnknownHost { .. }
            | ErrorKind::Connection { .. }
            | ErrorKind::Timeout { .. }
            | ErrorKind::CutShort { .. } => true,
            _ => false,
        }
    }
}
