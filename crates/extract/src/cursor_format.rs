//! The formats in which sources write instants as cursor values.

use std::cmp::Ordering;

use catchment_json::Value;
use catchment_schema::{format_timestamp, parse_date, parse_timestamp};

const MICROS_PER_MILLISECOND: i64 = 1_000;
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// The lowest number that is read as milliseconds since 1970 instead of seconds: the year 1973, or 5138 in seconds.
const LOWEST_MILLISECONDS: i64 = 100_000_000_000;

/// The format of an instant as a cursor value.
///
/// ```
/// use catchment_extract::CursorFormat;
///
/// let format = CursorFormat::of(&"2024-01-31".into());
/// assert_eq!(format, Some(CursorFormat::Date));
/// assert_eq!(CursorFormat::Seconds.value(1_500_000), 1.into());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorFormat {
    /// A timestamp such as `2024-01-31T10:00:00Z`.
    Timestamp,
    /// A date such as `2024-01-31`.
    Date,
    /// Seconds since 1970, a number.
    Seconds,
    /// Milliseconds since 1970, a number.
    Milliseconds,
}

impl CursorFormat {
    /// Returns the format of a cursor value, or `None` for other texts and types.
    pub fn of(value: &Value) -> Option<CursorFormat> {
        match value {
            Value::Number(_) if value.as_i64()? >= LOWEST_MILLISECONDS => Some(CursorFormat::Milliseconds),
            Value::Number(_) => Some(CursorFormat::Seconds),
            Value::String(text) if parse_date(text).is_some() => Some(CursorFormat::Date),
            Value::String(text) if parse_timestamp(text).is_some() => Some(CursorFormat::Timestamp),
            _ => None,
        }
    }

    /// Returns an instant, in microseconds since 1970, in this format. Fractions are cut off.
    pub fn value(self, instant: i64) -> Value {
        match self {
            CursorFormat::Timestamp => {
                Value::from(format_timestamp(instant - instant.rem_euclid(MICROS_PER_SECOND)).replace("+00:00", "Z"))
            }
            CursorFormat::Date => Value::from(format_timestamp(instant).chars().take(10).collect::<String>()),
            CursorFormat::Seconds => Value::from(instant.div_euclid(MICROS_PER_SECOND)),
            CursorFormat::Milliseconds => Value::from(instant.div_euclid(MICROS_PER_MILLISECOND)),
        }
    }

    /// Returns the instant of a cursor value in microseconds since 1970, or `None` if it has none.
    pub fn instant(value: &Value) -> Option<i64> {
        match (CursorFormat::of(value)?, value) {
            (CursorFormat::Timestamp, Value::String(text)) => parse_timestamp(text),
            (CursorFormat::Date, Value::String(text)) => Some(i64::from(parse_date(text)?) * MICROS_PER_DAY),
            (CursorFormat::Seconds, number) => number.as_i64()?.checked_mul(MICROS_PER_SECOND),
            (CursorFormat::Milliseconds, number) => number.as_i64()?.checked_mul(MICROS_PER_MILLISECOND),
            _ => None,
        }
    }

    /// Compares two cursor values as instants or numbers. Returns `None` if they are neither.
    pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
        match (left, right) {
            (Value::Number(_), Value::Number(_)) => Some(left.as_i64()?.cmp(&right.as_i64()?)),
            _ => Some(CursorFormat::instant(left)?.cmp(&CursorFormat::instant(right)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::CursorFormat;

    #[test]
    fn values_keep_their_format() {
        #[track_caller]
        fn check(value: &str, expected: Option<CursorFormat>) {
            let value = Value::parse(value).unwrap();
            assert_eq!(CursorFormat::of(&value), expected, "{value}");
            if let (Some(format), Some(instant)) = (expected, CursorFormat::instant(&value)) {
                assert_eq!(CursorFormat::instant(&format.value(instant)), Some(instant));
            }
        }
        check("1709359200", Some(CursorFormat::Seconds));
        check("0", Some(CursorFormat::Seconds));
        check("1709359200000", Some(CursorFormat::Milliseconds));
        check("1.5", None);
        check(r#""2024-03-02""#, Some(CursorFormat::Date));
        check(r#""2024-03-02T06:00:00+01:00""#, Some(CursorFormat::Timestamp));
        check(r#""x""#, None);
        check("null", None);
    }
}
