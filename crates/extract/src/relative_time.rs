//! Times relative to the current time.

use catchment_json::Value;

use crate::CursorFormat;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// The longest offset, which keeps the years of results at four digits.
const MAX_OFFSET_SECONDS: i64 = 1_000 * 366 * SECONDS_PER_DAY;

/// A time relative to the start of a run, as in `now`, `now-90m`, `today-7d` or `-7d`, which is `now-7d`. Braces around it
/// are allowed: `{now-7d}`.
///
/// Units are `s`, `m` (minutes), `h`, `d` and `w`. `now` is a timestamp to the second, `today` a date; both are in UTC.
///
/// ```
/// use catchment_extract::RelativeTime;
///
/// let at = |text: &str| RelativeTime::parse(text).map(|time| time.text(1_709_359_200_000_000));
/// assert_eq!(at("now").as_deref(), Some("2024-03-02T06:00:00Z"));
/// assert_eq!(at("-90m").as_deref(), Some("2024-03-02T04:30:00Z"));
/// assert_eq!(at("{today-2d}").as_deref(), Some("2024-02-29"));
/// assert_eq!(at("2024-03-02"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativeTime {
    is_date: bool,
    offset_seconds: i64,
}

impl RelativeTime {
    /// Parses a relative time. Returns `None` for any other text.
    pub fn parse(text: &str) -> Option<RelativeTime> {
        let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text).trim();
        let (is_date, offset) = match (text.strip_prefix("now"), text.strip_prefix("today")) {
            (Some(offset), _) => (false, offset),
            (None, Some(offset)) => (true, offset),
            (None, None) if text.is_empty() => return None,
            (None, None) => (false, text),
        };
        let offset_seconds = if offset.is_empty() { 0 } else { parse_offset(offset)? };
        let is_whole = !is_date || offset_seconds % SECONDS_PER_DAY == 0;
        is_whole.then_some(RelativeTime { is_date, offset_seconds })
    }

    /// Returns whether a text looks like a relative time, whether it is valid or not: `now - 7d`, `-7days`.
    pub fn is_intended(text: &str) -> bool {
        let is_name = |name: &str| text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
        let is_offset = || {
            let rest = text.strip_prefix(['-', '+']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            rest.is_some_and(|rest| rest.ends_with(|c: char| c.is_alphabetic()))
        };
        text.starts_with('{') || is_name("now") || is_name("today") || is_offset()
    }

    /// Returns the time in microseconds since 1970; a date is its midnight. `now` is the start of the run in the same unit.
    pub fn instant(&self, now: i64) -> i64 {
        let instant = now.saturating_add(self.offset_seconds * MICROS_PER_SECOND);
        if self.is_date { instant - instant.rem_euclid(SECONDS_PER_DAY * MICROS_PER_SECOND) } else { instant }
    }

    /// Returns the time as text: a timestamp such as `2024-03-02T06:00:00Z`, or a date such as `2024-03-02`.
    pub fn text(&self, now: i64) -> String {
        let format = if self.is_date { CursorFormat::Date } else { CursorFormat::Timestamp };
        format.value(self.instant(now)).to_plain_text()
    }

    /// Returns the time in the format of another cursor value, or as [`text`](Self::text) if that is not an instant.
    pub fn value_like(&self, like: Option<&Value>, now: i64) -> Value {
        match like.and_then(CursorFormat::of) {
            Some(format) => format.value(self.instant(now)),
            None => Value::from(self.text(now)),
        }
    }

    /// Returns the time `now` in the format of a cursor value, as the excluded end of a range. For a date, this is the next
    /// day. A number has no certain format, so the result for it is a timestamp, which does not compare with it.
    pub fn end_of_range(value: &Value, now: i64) -> Value {
        let is_date = CursorFormat::of(value) == Some(CursorFormat::Date);
        let end = RelativeTime { is_date, offset_seconds: if is_date { SECONDS_PER_DAY } else { 0 } };
        Value::from(end.text(now))
    }
}

/// Parses a sign, a number and a unit to seconds.
fn parse_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    parse_duration(rest).filter(|seconds| *seconds <= MAX_OFFSET_SECONDS).map(|seconds| sign * seconds)
}

/// Parses a duration such as `90m` to seconds. Units are `s`, `m` (minutes), `h`, `d` and `w`.
///
/// ```
/// use catchment_extract::parse_duration;
///
/// assert_eq!((parse_duration("90m"), parse_duration("7d"), parse_duration("7")), (Some(5_400), Some(604_800), None));
/// ```
pub fn parse_duration(text: &str) -> Option<i64> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => SECONDS_PER_DAY,
        "w" => 7 * SECONDS_PER_DAY,
        _ => return None,
    };
    let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| count.parse::<i64>().ok()?.checked_mul(seconds)).flatten()
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;
    use catchment_schema::parse_timestamp;

    use super::RelativeTime;

    fn now() -> i64 {
        parse_timestamp("2024-03-02T06:00:00.25Z").unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = RelativeTime::parse(text).map_or_else(|| "none".to_owned(), |time| time.text(now()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn times_are_relative_to_now() {
        check("now", "2024-03-02T06:00:00Z");
        check("{now}", "2024-03-02T06:00:00Z");
        check("now-30s", "2024-03-02T05:59:30Z");
        check("now+1h", "2024-03-02T07:00:00Z");
        check("-7d", "2024-02-24T06:00:00Z");
        check("+1w", "2024-03-09T06:00:00Z");
        check("today", "2024-03-02");
        check("{today-2d}", "2024-02-29");
        check("today+1w", "2024-03-09");
    }

    #[test]
    fn other_texts_are_not_relative() {
        for text in
            ["", "{}", "2024-03-02", "-7", "7d", "-d", "-7x", "now-", "now 7d", "nowhere", "today-1h", "-1é", "--7d", "-+7d"]
        {
            check(text, "none");
        }
        check("-9999999999999999999d", "none");
        check("-9223372036854775807s", "none");
        check("-99999999999w", "none");
    }

    #[test]
    fn a_date_is_its_midnight() {
        let midnight = parse_timestamp("2024-03-01T00:00:00Z").unwrap();
        assert_eq!(RelativeTime::parse("today-1d").unwrap().instant(now()), midnight);
    }

    #[test]
    fn times_have_the_format_of_another_value() {
        #[track_caller]
        fn check(time: &str, like: &str, expected: &str) {
            let time = RelativeTime::parse(time).unwrap().value_like(Some(&Value::parse(like).unwrap()), now());
            assert_eq!(time.to_plain_text(), expected, "{like}");
        }
        check("-1d", r#""2020-01-01""#, "2024-03-01");
        check("today-1d", r#""2020-01-01T00:00:00Z""#, "2024-03-01T00:00:00Z");
        check("-1d", "1600000000", "1709272800");
        check("today", "1600000000000", "1709337600000");
        check("-1d", r#""abc""#, "2024-03-01T06:00:00Z");
    }

    #[test]
    fn misspelled_times_are_intended() {
        for text in ["now", "now - 7d", "{now-7d}", "{today-1h}", "-7days", "+1M", "today"] {
            assert!(RelativeTime::is_intended(text), "{text}");
        }
        for text in ["", "nowhere", "-7", "2024-01-01", "today1", "-a", "x"] {
            assert!(!RelativeTime::is_intended(text), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_range_has_the_format_of_its_start() {
        let end = |start: &str| RelativeTime::end_of_range(&Value::parse(start).unwrap(), now()).to_plain_text();
        assert_eq!(end(r#""2024-01-01""#), "2024-03-03");
        assert_eq!(end(r#""2024-01-01T00:00:00+01:00""#), "2024-03-02T06:00:00Z");
        assert_eq!(end("7"), "2024-03-02T06:00:00Z");
    }
}
