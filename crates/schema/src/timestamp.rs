//! Parsing and formatting of timestamps, dates and times, in the formats that dlt detects.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, datetime};

const MICROS_PER_MINUTE: i64 = 60_000_000;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// The Unix epoch as civil time in UTC. jiff's instants end a day before the end of the year 9999, which APIs use for
/// "never"; civil time covers it.
const EPOCH: DateTime = datetime(1970, 1, 1, 0, 0, 0, 0);

/// Parses a date with a time to microseconds since 1970. Without an offset it is in UTC.
///
/// A date is `2024-01-31`, `2024/01/31` or `20240131`, followed by `T` or one space. A time is `10`, `10:00`, `10:00:00`,
/// `1000` or `100000`; seconds may have up to nine decimals, of which six are used. An offset is `Z`, `+02`, `+02:00` or
/// `+0200`. Returns `None` for any other text, including a date without a time.
///
/// ```
/// use catchment_schema::parse_timestamp;
///
/// assert_eq!(parse_timestamp("1970-01-01T01:00:01.5+01:00"), Some(1_500_000));
/// assert_eq!(parse_timestamp("1970-01-01"), None);
/// ```
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let (since_epoch, offset) = parse(text)?;
    let micros = i64::from(since_epoch.subsec_nanos()).div_euclid(1000);
    Some(since_epoch.as_secs() * 1_000_000 + micros - offset * MICROS_PER_MINUTE)
}

/// Parses a date with a time like [`parse_timestamp`] to nanoseconds since 1970. Returns `None` also for timestamps before
/// 1677-09-21 and after 2262-04-11, which 64 bits cannot hold.
///
/// ```
/// use catchment_schema::parse_timestamp_nanos;
///
/// assert_eq!(parse_timestamp_nanos("1970-01-01T00:00:01.000000002Z"), Some(1_000_000_002));
/// assert_eq!(parse_timestamp_nanos("9999-12-31T00:00:00Z"), None);
/// ```
pub fn parse_timestamp_nanos(text: &str) -> Option<i64> {
    let (since_epoch, offset) = parse(text)?;
    let seconds = i128::from(since_epoch.as_secs() - offset * 60);
    i64::try_from(seconds * i128::from(NANOS_PER_SECOND) + i128::from(since_epoch.subsec_nanos())).ok()
}

/// Parses a date with a time. Returns the duration since 1970, without the offset, and the offset in minutes.
fn parse(text: &str) -> Option<(SignedDuration, i64)> {
    let mut rest = TimestampParser(text.as_bytes());
    let date = rest.date()?;
    rest.any(b"T ")?;
    let time = rest.time(false)?;
    let offset = rest.offset()?;
    rest.0.is_empty().then(|| (date.to_datetime(time).duration_since(EPOCH), offset))
}

/// Parses a date without a time to days since 1970: `2024-01-31`, `2024/01/31` or `20240131`.
///
/// ```
/// use catchment_schema::parse_date;
///
/// assert_eq!(parse_date("1970-02-01"), Some(31));
/// assert_eq!(parse_date("1970-02-01T10:00"), None);
/// ```
pub fn parse_date(text: &str) -> Option<i32> {
    let mut rest = TimestampParser(text.as_bytes());
    let date = rest.date()?;
    if !rest.0.is_empty() {
        return None;
    }
    i32::try_from(date.duration_since(EPOCH.date()).as_hours() / 24).ok()
}

/// Parses a time of day without a date to microseconds since midnight: `10:00` or `10:00:00`, with up to nine decimals, of
/// which six are used. A time with an offset is converted to UTC.
///
/// ```
/// use catchment_schema::parse_time;
///
/// assert_eq!(parse_time("00:00:01.5"), Some(1_500_000));
/// assert_eq!(parse_time("00:30+01:00"), Some(23 * 3_600_000_000 + 30 * 60_000_000));
/// ```
pub fn parse_time(text: &str) -> Option<i64> {
    let mut rest = TimestampParser(text.as_bytes());
    let time = rest.time(true)?;
    let offset = rest.offset()?;
    let micros = time.duration_since(Time::midnight()).as_micros();
    let micros = i64::try_from(micros).ok()? - offset * MICROS_PER_MINUTE;
    rest.0.is_empty().then_some(micros.rem_euclid(24 * 60 * MICROS_PER_MINUTE))
}

/// Formats microseconds since 1970 as `2024-01-31T10:00:00+00:00`, with six decimals if the fraction is not zero.
pub fn format_timestamp(micros: i64) -> String {
    // Arrays can contain timestamps beyond the year 9999.
    let Ok(civil) = EPOCH.checked_add(SignedDuration::from_micros(micros)) else {
        return format!("{micros} microseconds since 1970");
    };
    let fraction = if civil.subsec_nanosecond() == 0 { String::new() } else { civil.strftime(".%6f").to_string() };
    format!("{}{fraction}+00:00", civil.strftime("%Y-%m-%dT%H:%M:%S"))
}

struct TimestampParser<'t>(&'t [u8]);

impl TimestampParser<'_> {
    fn number<N: TryFrom<i64>>(&mut self, length: usize) -> Option<N> {
        let (digits, rest) = self.0.split_at_checked(length)?;
        let number = digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))?;
        self.0 = rest;
        N::try_from(number).ok()
    }

    fn any(&mut self, of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        of.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn starts_with_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    fn date(&mut self) -> Option<Date> {
        let year = self.number(4)?;
        let separator = self.any(b"-/");
        let month = self.number(2)?;
        if let Some(separator) = separator {
            self.any(&[separator])?;
        }
        let day = self.number(2)?;
        // Python's `datetime`, which dlt uses, has no year 0.
        Date::new(year, month, day).ok().filter(|_| year != 0)
    }

    fn time(&mut self, needs_colon: bool) -> Option<Time> {
        let hour = self.number(2)?;
        let colon = self.any(b":").is_some();
        if needs_colon && !colon {
            return None;
        }
        let minute = if colon { self.number(2)? } else { self.number(2).unwrap_or(0) };
        let has_seconds = if colon { self.any(b":").is_some() } else { self.starts_with_digit() };
        let second = if has_seconds { self.number(2)? } else { 0 };
        let nanos = if has_seconds && self.any(b".,").is_some() { self.fraction()? } else { 0 };
        Time::new(hour, minute, second, nanos).ok()
    }

    /// Parses one to nine decimals as nanoseconds.
    fn fraction(&mut self) -> Option<i32> {
        let length = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&length) {
            return None;
        }
        let decimals: i32 = self.number(length)?;
        Some(decimals * 10i32.pow(9 - length as u32))
    }

    /// Parses an offset as minutes east of UTC, 0 if missing.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.any(b"Zz+-") {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Some(0),
        };
        let hours: i64 = self.number(2)?;
        let colon = self.any(b":").is_some();
        let minutes = if colon || self.starts_with_digit() { self.number(2)? } else { 0 };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::{format_timestamp, parse_date, parse_time, parse_timestamp};

    fn check(text: &str, expected: &str) {
        let found = parse_timestamp(text).map_or("no timestamp".to_owned(), format_timestamp);
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn parses_supported_formats() {
        check("2024-01-01T10", "2024-01-01T10:00:00+00:00");
        check("2024-01-01 10:00", "2024-01-01T10:00:00+00:00");
        check("2024-01-01T10:00:00", "2024-01-01T10:00:00+00:00");
        check("2024-01-01T10:00:00Z", "2024-01-01T10:00:00+00:00");
        check("2024-01-01T10:00:00+02:00", "2024-01-01T08:00:00+00:00");
        check("2024-01-01T00:30:00-0130", "2024-01-01T02:00:00+00:00");
        check("20240101T100000", "2024-01-01T10:00:00+00:00");
        check("20240101T1000", "2024-01-01T10:00:00+00:00");
        check("2024/01/15 10:00:00", "2024-01-15T10:00:00+00:00");
        check("2024-01-01T10:00:00.123", "2024-01-01T10:00:00.123000+00:00");
        check("2024-01-01T10:00:00.123456789Z", "2024-01-01T10:00:00.123456+00:00");
        check("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000+00:00");
        check("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00");
        check("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00");
        check("2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00");
    }

    #[test]
    fn rejects_other_text() {
        for text in [
            "2024-01-01",
            "2024",
            "2024-01",
            "20240101",
            "2024-W05",
            "2024-001",
            "2024/01/15",
            "10:00:00",
            "1700000000",
            "P1D",
            "01-02-2024",
            "Jan 5 2024",
            "2024-01-01T24:00:00",
            " 2024-01-01T10:00:00",
            "2024-01-01T10:00:00 ",
            "2023-02-29T00:00",
            "2024-13-01T00:00",
            "2024-01-00T00:00",
            "2024-01-01T10:60",
            "2024-01-01T10:00:00.",
            "2024-01-01T10:00:00+25:00",
            "2024-01/01T10:00",
            "0000-01-01T00:00",
            "2024-01-01T",
            "2024-01-01T10:",
            "",
            "2024-01-01T10:00:00Zx",
        ] {
            check(text, "no timestamp");
        }
    }

    #[test]
    fn parses_dates_without_time_and_times_without_date() {
        let check = |text: &str, date, time| assert_eq!((parse_date(text), parse_time(text)), (date, time), "{text:?}");
        check("2024-02-29", Some(19_782), None);
        check("1969/12/31", Some(-1), None);
        check("20240229", Some(19_782), None);
        check("9999-12-31", Some(2_932_896), None);
        check("2023-02-29", None, None);
        check("2024-02", None, None);
        check("2024-02-29T00:00", None, None);
        check("10:20:30", None, Some(37_230_000_000));
        check("23:59:59.5", None, Some(86_399_500_000));
        check("10:20", None, Some(37_200_000_000));
        check("10:20Z", None, Some(37_200_000_000));
        check("1020", None, None);
        check("24:00", None, None);
        check("", None, None);
    }

    proptest::proptest! {
        #[test]
        fn format_and_parse_round_trip(micros in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
            proptest::prop_assert_eq!(parse_timestamp(&format_timestamp(micros)), Some(micros));
        }
    }
}
