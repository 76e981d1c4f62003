//! Values of `Retry-After` and similar headers: seconds or timestamps.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::rfc2822};

/// From this value on, a number is a Unix timestamp in seconds; as a delay it would be 31 years.
const FIRST_TIMESTAMP: f64 = 1e9;

/// From this value on, a number is a Unix timestamp in milliseconds.
const FIRST_IN_MILLISECONDS: f64 = 1e11;

/// From this value on, a number is invalid; in milliseconds it would be after the year 5000.
const FIRST_INVALID: f64 = 1e14;

/// Parses a delay relative to `now`: seconds with or without a fraction, a Unix timestamp in seconds or milliseconds, an
/// HTTP date, or an ISO 8601 timestamp (UTC if it has no offset). Returns `None` for a past time or any other value.
pub(super) fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    let at = match number(value) {
        Some(seconds) if seconds < FIRST_TIMESTAMP => return nonzero(seconds),
        Some(seconds) if seconds < FIRST_IN_MILLISECONDS => since_1970(seconds)?,
        Some(milliseconds) if milliseconds < FIRST_INVALID => since_1970(milliseconds / 1000.0)?,
        Some(_) => return None,
        None => date(value)?,
    };
    at.duration_since(now).ok().filter(|wait| !wait.is_zero())
}

/// Parses a delay in milliseconds.
pub(super) fn wait_in_milliseconds(value: &str) -> Option<Duration> {
    number(value).map(|milliseconds| milliseconds / 1000.0).filter(|seconds| *seconds < FIRST_TIMESTAMP).and_then(nonzero)
}

/// Parses an unsigned number with or without a fraction.
pub(super) fn number(value: &str) -> Option<f64> {
    value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| value.parse().ok()).flatten()
}

fn nonzero(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_zero())
}

fn since_1970(seconds: f64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

fn date(value: &str) -> Option<SystemTime> {
    let iso = || value.parse::<Timestamp>().ok();
    let without_offset = || TimeZone::UTC.to_timestamp(value.parse::<DateTime>().ok()?).ok();
    // HTTP dates with an offset instead of GMT
    let mail = || rfc2822::parse(value).ok().map(|zoned| zoned.timestamp());
    let http = httpdate::parse_http_date(value).ok();
    http.or_else(|| iso().or_else(without_offset).or_else(mail).map(SystemTime::from))
}

#[cfg(test)]
mod tests {
    use super::{Duration, SystemTime, wait, wait_in_milliseconds};

    /// Checks the delay in seconds at 2001-09-09T01:46:50Z, Unix time 1,000,000,010.
    #[track_caller]
    fn check(value: &str, expected: Option<f64>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_010);
        assert_eq!(wait(value, now).map(|wait| wait.as_secs_f64()), expected, "{value}");
    }

    #[test]
    fn seconds() {
        check("120", Some(120.0));
        check("2.0", Some(2.0));
        check("0.25", Some(0.25));
        check("0", None);
        check("0.0", None);
        check("999999999", Some(999_999_999.0));
    }

    #[test]
    fn unix_timestamps() {
        check("1000000040", Some(30.0));
        check("1000000040.5", Some(30.5));
        check("1000000040000", Some(30.0));
        check("1000000040500", Some(30.5));
        check("1000000010", None);
        check("1000000000", None);
        check("1000000000000", None);
        check("100000000000000", None);
        check("99999999999999999999", None);
    }

    #[test]
    fn dates() {
        check("Sun, 09 Sep 2001 01:47:20 GMT", Some(30.0));
        check("Sunday, 09-Sep-01 01:47:20 GMT", Some(30.0));
        check("Sun Sep  9 01:47:20 2001", Some(30.0));
        check("Sun, 09 Sep 2001 03:47:20 +0200", Some(30.0));
        check("Sun, 09 Sep 2001 01:46:50 GMT", None);
        check("Sun, 09 Sep 2001 01:46:20 GMT", None);
        check("2001-09-09T01:47:20Z", Some(30.0));
        check("2001-09-09T01:47:20.5Z", Some(30.5));
        check("2001-09-09T03:47:20+02:00", Some(30.0));
        check("2001-09-09 01:47:20Z", Some(30.0));
        check("2001-09-09T01:47:20", Some(30.0));
        check("2001-09-09T01:46:20Z", None);
    }

    #[test]
    fn invalid_values_are_ignored() {
        for value in ["", "-5", "-0.5", "soon", "inf", "nan", "1e3", ".", "1.2.3", "5 apples", "2001-13-09T01:47:20Z", "é"] {
            check(value, None);
        }
    }

    #[test]
    fn milliseconds() {
        let check = |value, expected: Option<u64>| {
            assert_eq!(wait_in_milliseconds(value), expected.map(Duration::from_millis), "{value}");
        };
        check("1500", Some(1500));
        check("0", None);
        check("-1", None);
        check("1000000040000", None);
        check("soon", None);
    }
}
