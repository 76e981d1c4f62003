//! Texts in errors that may contain secrets.

use catchment_json::DeserializeError;

use crate::error_kind::ErrorKind;

impl ErrorKind {
    /// Returns the texts that come from outside this crate and may contain secrets.
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
            | ErrorKind::RecordingFolderNotEmpty { path: text }
            | ErrorKind::NotRecorded { reason: text }
            | ErrorKind::Custom(text) => vec![text],
            ErrorKind::Tls { host, reason } | ErrorKind::Connection { host, reason } => vec![host, reason],
            ErrorKind::RowsNotFound { selector, body, .. } => vec![selector, body],
            ErrorKind::InvalidNextLink { location, found } => vec![location, found],
            ErrorKind::UnexpectedField { path, found, .. } | ErrorKind::InvalidBodyPath { path, found } => vec![path, found],
            ErrorKind::UndetectedPagination { evidence, suggestion } => vec![evidence, suggestion],
            ErrorKind::InvalidUrl { url, reason } => vec![url, reason],
            ErrorKind::RecordingNotWritten { path, reason } | ErrorKind::InvalidRecording { path, reason } => vec![path, reason],
            ErrorKind::UnexpectedJson(DeserializeError { message, path }) => vec![message, path],
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
