//! Classification of `reqwest` errors.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;

/// The phase of an exchange in which an error occurred.
pub(super) enum ExchangePhase {
    /// Before the headers of the response were received.
    Head,
    /// While the body was read.
    Body {
        /// Bytes received so far.
        received: usize,
    },
}

/// Converts an error of `reqwest`, of which only the kind and the innermost cause are shown.
pub(super) fn classify(error: reqwest::Error, url: &Url, timeout: Duration, stage: ExchangePhase) -> Error {
    let host = host(url);
    let reason = root_cause(&error);
    let kind = match stage {
        _ if error.is_timeout() => ErrorKind::Timeout { host, timeout },
        ExchangePhase::Body { received } => ErrorKind::IncompleteBody { received, reason },
        ExchangePhase::Head if error.is_builder() => ErrorKind::InvalidUrl { url: host, reason },
        ExchangePhase::Head if error.is_dns() => ErrorKind::UnknownHost { host },
        ExchangePhase::Head => match io_kind(&error) {
            Some(io::ErrorKind::ConnectionRefused) => ErrorKind::ConnectionRefused { host },
            // the TLS library reports all its errors like this
            Some(io::ErrorKind::InvalidData) if error.is_connect() => ErrorKind::Tls { host, reason },
            _ => ErrorKind::Connection { host, reason },
        },
    };
    // without a connection the request was not sent
    let sent = !error.is_connect();
    let error = Error::new(kind);
    if sent { error } else { error.not_processed() }
}

/// Returns host and port of a URL.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Returns the text of the innermost cause. The outer errors only state that a request failed.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    chain(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind)
}

fn chain<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
