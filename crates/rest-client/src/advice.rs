//! What to try after an error.

use reqwest::StatusCode;

use crate::error_kind::ErrorKind;

impl ErrorKind {
    /// What somebody may try who sees the error: a part of a sentence, or nothing where the error itself says it.
    ///
    /// ```
    /// use catchment_rest_client::{ErrorKind, StatusCode};
    ///
    /// let error = ErrorKind::Status(StatusCode::UNAUTHORIZED);
    /// assert_eq!(error.help(), Some("check the credentials: they are missing, wrong or expired"));
    /// ```
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            ErrorKind::Status(status) => return of_status(*status),
            ErrorKind::ConnectionRefused { .. } => "check host and port of the base URL, and that the service runs",
            ErrorKind::UnknownHost { .. } => "check the host of the base URL, and the connection to the network",
            ErrorKind::Tls { .. } => "check that the base URL has the right host, and the clock of this machine",
            ErrorKind::Connection { .. } | ErrorKind::IncompleteBody { .. } => "run it again; nothing of this run was loaded",
            ErrorKind::Timeout { .. } => "ask for less in a page, or allow more time for an answer",
            ErrorKind::MaxElapsedExceeded { .. } => "run it again later, or allow more time in all",
            ErrorKind::ResponseTooLarge { .. } => "ask for less in a page, or raise `runtime.response_max_bytes`",
            ErrorKind::InvalidJson(_) => "check path and headers: the answer should be JSON, and a page for people is none",
            ErrorKind::TokenUnavailable { .. } | ErrorKind::MissingAccessToken { .. } => {
                "check the URL of the token endpoint, id and secret"
            }
            _ => return None,
        })
    }
}

fn of_status(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::UNAUTHORIZED => "check the credentials: they are missing, wrong or expired",
        StatusCode::FORBIDDEN => "check what the credentials allow; some APIs answer so where too much is asked for",
        StatusCode::NOT_FOUND | StatusCode::GONE => "check base URL and path; a response action can ignore what may be missing",
        StatusCode::METHOD_NOT_ALLOWED => "check the method of the endpoint",
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => "check the parameters and the body of the request",
        StatusCode::TOO_MANY_REQUESTS => "ask for fewer requests a second, or run it again later",
        status if status.is_server_error() => "run it again later; nothing of this run was loaded",
        _ => return None,
    })
}
