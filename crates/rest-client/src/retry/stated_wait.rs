//! What the headers of an answer say about when to come back.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How many requests are left, as servers spell it.
const REMAINING: [&str; 3] = ["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"];

/// When there will be more of them.
const RESET: [&str; 3] = ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"];

/// Numbers from here on are seconds since 1970, below it seconds from now: a wait of 31 years is none.
const FIRST_TIMESTAMP: f64 = 1e9;

/// Numbers from here on are milliseconds since 1970.
const FIRST_IN_MILLISECONDS: f64 = 1e11;

/// Whether the server answers so because there were too many requests: with the status for that, or, as GitHub does,
/// with 403 and none left.
pub(crate) fn is_rate_limit(status: StatusCode, headers: &HeaderMap) -> bool {
    let none_left = || REMAINING.iter().find_map(|name| text(headers, name)).is_some_and(|left| left == "0");
    status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::FORBIDDEN && none_left())
}

/// How long the server asks to wait: `Retry-After`, in seconds or as a date, else, where it limits the rate, the time
/// at which it counts anew. Nothing where it asks for no time, for a time that has passed, or for something that cannot
/// be read.
pub(crate) fn stated_wait(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let is_some_time = |wait: &Duration| !wait.is_zero();
    let asked = text(headers, RETRY_AFTER.as_str()).and_then(|value| retry_after(value, now)).filter(is_some_time);
    let reset = || RESET.iter().find_map(|name| text(headers, name)).and_then(|value| reset(value, now)).filter(is_some_time);
    asked.or_else(|| is_rate_limit(status, headers).then(reset).flatten())
}

fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(now).ok(),
    }
}

fn reset(value: &str, now: SystemTime) -> Option<Duration> {
    let number: f64 = value.parse().ok()?;
    if number < FIRST_TIMESTAMP {
        return Duration::try_from_secs_f64(number).ok();
    }
    let seconds = if number < FIRST_IN_MILLISECONDS { number } else { number / 1000.0 };
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
    at.duration_since(now).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{Duration, HeaderMap, StatusCode, SystemTime, is_rate_limit, stated_wait};

    /// At Sun, 09 Sep 2001 01:46:50 GMT, ten seconds after the second number 1,000,000,000.
    #[track_caller]
    fn check(status: u16, headers: &[(&'static str, &str)], expected: Option<u64>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_010);
        let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let wait = stated_wait(StatusCode::from_u16(status).unwrap(), &HeaderMap::from_iter(map), now);
        assert_eq!(wait, expected.map(Duration::from_secs), "{status} {headers:?}");
    }

    #[test]
    fn retry_after() {
        for status in [200, 429, 503] {
            check(status, &[("retry-after", "120")], Some(120));
            check(status, &[("retry-after", " 1 ")], Some(1));
            check(status, &[("retry-after", "0")], None);
            check(status, &[("retry-after", "-5")], None);
            check(status, &[("retry-after", "soon")], None);
            check(status, &[("retry-after", "99999999999999999999")], None);
            check(status, &[("retry-after", "Sun, 09 Sep 2001 01:47:20 GMT")], Some(30));
            check(status, &[("retry-after", "Sun, 09 Sep 2001 01:46:50 GMT")], None);
            check(status, &[("retry-after", "Sun, 09 Sep 2001 01:46:20 GMT")], None);
            check(status, &[], None);
        }
    }

    #[test]
    fn reset_of_a_rate_limit() {
        check(429, &[("x-ratelimit-reset", "7")], Some(7));
        check(429, &[("ratelimit-reset", "7")], Some(7));
        check(429, &[("x-rate-limit-reset", "7")], Some(7));
        check(429, &[("x-ratelimit-reset", "1000000040")], Some(30));
        check(429, &[("x-ratelimit-reset", "1000000040000")], Some(30));
        check(429, &[("x-ratelimit-reset", "1000000000")], None);
        check(429, &[("x-ratelimit-reset", "later")], None);
        check(429, &[("x-ratelimit-reset", "-1")], None);
        check(429, &[("x-ratelimit-reset", "inf")], None);
        check(429, &[("x-ratelimit-reset", "nan")], None);
        check(429, &[("retry-after", "2"), ("x-ratelimit-reset", "7")], Some(2));
        check(429, &[("retry-after", "0"), ("x-ratelimit-reset", "7")], Some(7));
        check(403, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], Some(7));
        check(403, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "4")], None);
        check(500, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], None);
        check(200, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], None);
    }

    #[test]
    fn rate_limits() {
        let check = |status: u16, remaining: Option<&str>, expected| {
            let headers = remaining.map(|left| ("ratelimit-remaining".parse().unwrap(), left.parse().unwrap()));
            let found = is_rate_limit(StatusCode::from_u16(status).unwrap(), &HeaderMap::from_iter(headers));
            assert_eq!(found, expected, "{status} {remaining:?}");
        };
        check(429, None, true);
        check(403, None, false);
        check(403, Some("0"), true);
        check(403, Some("1"), false);
        check(503, Some("0"), false);
    }
}
