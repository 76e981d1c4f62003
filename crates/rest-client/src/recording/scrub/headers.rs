//! Removal of secrets from headers.

use catchment_settings::{Redactor, is_secret_name};
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};

use super::super::MASK;
use super::super::stored_headers::StoredHeaders;
use super::field_name::ends_with_any_of;

/// Headers that describe the transfer of a message, and not its content: hop-by-hop headers (RFC 9110, section 7.6.1),
/// length and encoding, because bodies are stored decoded, and the date.
const DROPPED: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Ends of names with `key` of headers that contain credentials. Other keys in headers of responses are usually those of
/// caches and pages, such as `Surrogate-Key`.
const CREDENTIAL_KEYS: &[&str] = &["apikey", "accesskey", "privatekey", "secretkey"];

/// Returns the headers of a request without secrets. Configured headers are sensitive, and are masked.
pub(super) fn of_request(headers: &HeaderMap, redactor: &Redactor) -> StoredHeaders {
    stored(headers, |name, value| {
        let is_secret = value.is_sensitive() || *name == COOKIE || is_secret_name(name.as_str());
        if is_secret { MASK.to_owned() } else { redacted(value, redactor) }
    })
}

/// Returns the headers of a response without secrets.
pub(super) fn of_response(headers: &HeaderMap, fetches_credentials: bool, redactor: &Redactor) -> StoredHeaders {
    stored(headers, |name, value| {
        let is_kept_key = name.as_str().ends_with("key") && !ends_with_any_of(name.as_str(), CREDENTIAL_KEYS);
        match name {
            name if *name == SET_COOKIE => without_cookie_value(&redacted(value, redactor)),
            name if is_secret_name(name.as_str()) && (fetches_credentials || !is_kept_key) => MASK.to_owned(),
            _ if value.is_sensitive() => MASK.to_owned(),
            _ => redacted(value, redactor),
        }
    })
}

fn stored(headers: &HeaderMap, scrub: impl Fn(&HeaderName, &HeaderValue) -> String) -> StoredHeaders {
    let kept = headers.iter().filter(|(name, _)| !DROPPED.contains(&name.as_str()));
    kept.map(|(name, value)| (name.as_str(), scrub(name, value))).collect()
}

fn redacted(value: &HeaderValue, redactor: &Redactor) -> String {
    redactor.redact(&String::from_utf8_lossy(value.as_bytes())).into_owned()
}

/// Masks the value of a `Set-Cookie` header. Its name and attributes are kept.
fn without_cookie_value(header: &str) -> String {
    let (pair, attributes) = header.split_at(header.find(';').unwrap_or(header.len()));
    match pair.split_once('=') {
        Some((name, _)) => format!("{name}={MASK}{attributes}"),
        None => MASK.to_owned(),
    }
}
