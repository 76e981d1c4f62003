//! Remedies for errors.

use reqwest::StatusCode;

use crate::error_kind::ErrorKind;

impl ErrorKind {
    /// Returns a remedy for the error, or `None` if the message already contains one.
    ///
    /// ```
    /// use catchment_rest_client::{ErrorKind, StatusCode};
    ///
    /// let error = ErrorKind::Status(StatusCode::UNAUTHORIZED);
    /// assert_eq!(error.help(), Some("check the credentials: they are missing, invalid or expired"));
    /// ```
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            ErrorKind::Status(status) => return of_status(*status),
            ErrorKind::ConnectionRefused { .. } => "check the host and port of the base URL, and that the service is running",
            ErrorKind::UnknownHost { .. } => "check the host of the base URL and the network connection",
            ErrorKind::Tls { .. } => "check the host of the base URL and the clock of this machine",
            ErrorKind::Connection { .. } | ErrorKind::IncompleteBody { .. } => "run again; no data of this run was loaded",
            ErrorKind::Timeout { .. } => "request smaller pages, or raise `runtime.request_timeout`",
            ErrorKind::MaxElapsedExceeded { .. } => "run again later, or raise `max_elapsed` of the retry policy",
            ErrorKind::ResponseTooLarge { .. } => "request smaller pages, or raise `runtime.response_max_bytes`",
            ErrorKind::InvalidJson(_) => "check the path and headers: the response must be JSON, not an HTML page",
            ErrorKind::TokenUnavailable { .. } | ErrorKind::MissingAccessToken { .. } => {
                "check the URL of the token endpoint, the client ID and the secret"
            }
            _ => return None,
        })
    }
}

fn of_status(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::UNAUTHORIZED => "check the credentials: they are missing, invalid or expired",
        StatusCode::FORBIDDEN => "check the permissions of the credentials; some APIs also return 403 for too many requests",
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            "check the base URL and path; if the resource may be missing, ignore it with a response action"
        }
        StatusCode::METHOD_NOT_ALLOWED => "check the method of the endpoint",
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => "check the parameters and the body of the request",
        StatusCode::TOO_MANY_REQUESTS => "lower `requests_per_second`, or run again later",
        status if status.is_server_error() => "run again later; no data of this run was loaded",
        _ => return None,
    })
}
