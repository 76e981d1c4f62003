//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How long the server asks to wait, in seconds or until a date. Nothing where it asks for no time, for a time
/// that has passed, or for something that cannot be read.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).ok()?,
    };
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::{Duration, HeaderMap, RETRY_AFTER, SystemTime, retry_after};

    /// At Thu, 01 Jan 1970 00:01:00 GMT.
    #[track_caller]
    fn check(value: &str, expected: Option<u64>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value}");
    }

    #[test]
    fn values() {
        check("120", Some(120));
        check(" 1 ", Some(1));
        check("0", None);
        check("-5", None);
        check("soon", None);
        check("Thu, 01 Jan 1970 00:01:30 GMT", Some(30));
        check("Thu, 01 Jan 1970 00:01:00 GMT", None);
        check("Thu, 01 Jan 1970 00:00:30 GMT", None);
    }

    #[test]
    fn no_header() {
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::UNIX_EPOCH), None);
    }
}
