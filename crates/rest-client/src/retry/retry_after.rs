//! `Retry-After` and rate limit headers.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap};

use super::retry_after_value::{number, wait, wait_in_milliseconds};

/// Headers with a delay in milliseconds, sent together with a `Retry-After` that is rounded up.
const IN_MILLISECONDS: [&str; 2] = ["retry-after-ms", "x-ms-retry-after-ms"];

/// Headers with a delay that applies to every status.
const RETRY_AFTER: [&str; 2] = ["retry-after", "x-retry-after"];

/// Headers with the number of remaining requests.
const REMAINING: [&str; 3] = ["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"];

/// Headers with the time at which a rate limit resets. Used only for rate-limited responses.
const RESET: [&str; 5] =
    ["x-ratelimit-reset-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "x-rate-limit-reset-after"];

/// The structured header, such as `limit=100, remaining=0, reset=5` or `"default";r=0;t=5`.
const STRUCTURED: &str = "ratelimit";

/// Returns true if a rate limit rejected the request: status 429 or, as on GitHub, 403 with no requests remaining.
pub(crate) fn is_rate_limit(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_negative = |left: &str| left.strip_prefix('-').and_then(number).is_some();
    let is_exhausted = |left: &str| is_negative(left) || number(left).is_some_and(|left| left == 0.0);
    let none_left = || match REMAINING.iter().find_map(|name| text(headers, name)) {
        Some(left) => is_exhausted(left),
        None => text(headers, STRUCTURED).is_some_and(|value| limits(value).iter().any(QuotaPolicy::is_exhausted)),
    };
    status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::FORBIDDEN && none_left())
}

/// Returns the delay that the server requests: `Retry-After` and its variants or, for a rate limit, the time until it
/// resets. Returns `None` if the server states no time, a past time, or an invalid one.
///
/// Timestamps are compared with the `Date` of the response, because clocks may differ, or with `now` if it has none.
pub(crate) fn stated_wait(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let now = text(headers, DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    let first = |names: &[&str], read: &dyn Fn(&str) -> Option<Duration>| {
        names.iter().filter_map(|name| text(headers, name)).find_map(read)
    };
    let retry_after = first(&IN_MILLISECONDS, &wait_in_milliseconds).or_else(|| first(&RETRY_AFTER, &|value| wait(value, now)));
    let reset = || first(&RESET, &|value| wait(value, now)).or_else(|| structured_wait(text(headers, STRUCTURED)?, now));
    retry_after.or_else(|| is_rate_limit(status, headers).then(reset).flatten())
}

/// Returns the longest delay of the exhausted limits, or the shortest of all limits if none is exhausted.
fn structured_wait(value: &str, now: SystemTime) -> Option<Duration> {
    let limits = limits(value);
    let wait_of = |limit: &QuotaPolicy| limit.reset.and_then(|reset| wait(reset, now));
    let exhausted = limits.iter().filter(|limit| limit.is_exhausted()).filter_map(wait_of).max();
    exhausted.or_else(|| limits.iter().filter_map(wait_of).min())
}

/// One limit of the structured header.
#[derive(Default)]
struct QuotaPolicy<'h> {
    remaining: Option<&'h str>,
    reset: Option<&'h str>,
}

impl QuotaPolicy<'_> {
    fn is_exhausted(&self) -> bool {
        self.remaining.and_then(number).is_some_and(|left| left == 0.0)
    }
}

/// Parses the structured header: one limit for each name, or a single one in the older form without names.
fn limits(value: &str) -> Vec<QuotaPolicy<'_>> {
    let mut limits = Vec::new();
    for member in value.split(',') {
        // a quoted name may contain anything and is followed by parameters
        let has_name = !member.split(';').next().unwrap_or_default().contains('=');
        if has_name || limits.is_empty() {
            limits.push(QuotaPolicy::default());
        }
        let Some(limit) = limits.last_mut() else { continue };
        for (key, value) in member.split(';').filter_map(|part| part.split_once('=')) {
            match key.trim() {
                "remaining" | "r" => limit.remaining = Some(value.trim()),
                "reset" | "t" => limit.reset = Some(value.trim()),
                _ => {}
            }
        }
    }
    limits
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{Duration, HeaderMap, StatusCode, SystemTime, is_rate_limit, stated_wait};

    fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    /// Checks the delay in seconds at Sun, 09 Sep 2001 01:46:50 GMT, Unix time 1,000,000,010.
    #[track_caller]
    fn check(status: u16, headers: &[(&'static str, &str)], expected: Option<u64>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_010);
        let wait = stated_wait(StatusCode::from_u16(status).unwrap(), &map(headers), now);
        assert_eq!(wait, expected.map(Duration::from_secs), "{status} {headers:?}");
    }

    #[test]
    fn retry_after() {
        for status in [200, 429, 503] {
            check(status, &[("retry-after", "120")], Some(120));
            check(status, &[("retry-after", " 1 ")], Some(1));
            check(status, &[("retry-after", "2.0")], Some(2));
            check(status, &[("retry-after", "0")], None);
            check(status, &[("retry-after", "-5")], None);
            check(status, &[("retry-after", "soon")], None);
            check(status, &[("retry-after", "1000000040")], Some(30));
            check(status, &[("retry-after", "1000000000")], None);
            check(status, &[("retry-after", "Sun, 09 Sep 2001 01:47:20 GMT")], Some(30));
            check(status, &[("x-retry-after", "7")], Some(7));
            check(status, &[("retry-after-ms", "7000"), ("retry-after", "8")], Some(7));
            check(status, &[("retry-after-ms", "0"), ("retry-after", "8")], Some(8));
            check(status, &[("x-ms-retry-after-ms", "7000")], Some(7));
            check(status, &[("retry-after", "soon"), ("x-retry-after", "7")], Some(7));
            check(status, &[], None);
        }
    }

    #[test]
    fn reset_of_a_rate_limit() {
        for name in ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after"] {
            check(429, &[(name, "7")], Some(7));
        }
        check(429, &[("x-ratelimit-reset", "1000000040")], Some(30));
        check(429, &[("x-ratelimit-reset", "1000000040000")], Some(30));
        check(429, &[("x-ratelimit-reset", "2001-09-09T01:47:20Z")], Some(30));
        check(429, &[("x-ratelimit-reset", "1000000000")], None);
        for value in ["later", "-1", "inf", "nan", ""] {
            check(429, &[("x-ratelimit-reset", value)], None);
        }
        check(429, &[("x-ratelimit-reset", "1000000040"), ("x-ratelimit-reset-after", "7")], Some(7));
        check(429, &[("retry-after", "2"), ("x-ratelimit-reset", "7")], Some(2));
        check(429, &[("retry-after", "0"), ("x-ratelimit-reset", "7")], Some(7));
        check(403, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], Some(7));
        check(403, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "4")], None);
        check(500, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], None);
        check(200, &[("x-ratelimit-reset", "7"), ("x-ratelimit-remaining", "0")], None);
    }

    #[test]
    fn structured_rate_limits() {
        check(429, &[("ratelimit", "limit=100, remaining=0, reset=5")], Some(5));
        check(429, &[("ratelimit", "limit=100;w=60,remaining=0,reset=5")], Some(5));
        check(429, &[("ratelimit", "\"default\";r=0;t=5")], Some(5));
        check(429, &[("ratelimit", "\"burst\";r=0;t=5, \"day\";r=10;t=3600")], Some(5));
        check(429, &[("ratelimit", "\"burst\";r=0;t=5, \"day\";r=0;t=3600")], Some(3600));
        check(429, &[("ratelimit", "\"burst\";r=3;t=5, \"day\";r=9;t=3600")], Some(5));
        check(429, &[("ratelimit", "\"default\";r=0")], None);
        check(429, &[("ratelimit", "many")], None);
        check(403, &[("ratelimit", "limit=100, remaining=0, reset=5")], Some(5));
        check(403, &[("ratelimit", "limit=100, remaining=2, reset=5")], None);
    }

    #[test]
    fn timestamps_are_compared_with_the_clock_of_the_server() {
        let date = ("date", "Sun, 09 Sep 2001 02:46:50 GMT");
        check(429, &[date, ("retry-after", "Sun, 09 Sep 2001 02:46:55 GMT")], Some(5));
        check(429, &[date, ("retry-after", "1000003615")], Some(5));
        check(429, &[date, ("x-ratelimit-reset", "1000003615")], Some(5));
        check(429, &[date, ("retry-after", "1000000040")], None);
        check(429, &[date, ("retry-after", "5")], Some(5));
        check(429, &[("date", "today"), ("retry-after", "1000000040")], Some(30));
    }

    #[test]
    fn rate_limits() {
        let check = |status: u16, remaining: Option<&str>, expected| {
            let headers: Vec<_> = remaining.map(|left| ("ratelimit-remaining", left)).into_iter().collect();
            let found = is_rate_limit(StatusCode::from_u16(status).unwrap(), &map(&headers));
            assert_eq!(found, expected, "{status} {remaining:?}");
        };
        check(429, None, true);
        check(403, None, false);
        check(403, Some("0"), true);
        check(403, Some("0.0"), true);
        check(403, Some("-1"), true);
        check(403, Some("1"), false);
        check(403, Some("none"), false);
        check(503, Some("0"), false);
    }
}
