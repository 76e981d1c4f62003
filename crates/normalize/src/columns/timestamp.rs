use catchment_json::{Node, NodeKind};
use catchment_schema::{TimestampUnit, parse_date, parse_timestamp, parse_timestamp_nanos};

use super::{decimal, fraction, integer};

/// The years 1 to 9999, in seconds since 1970.
const SECONDS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

const NANOS_PER_MICRO: i64 = 1000;

/// Converts text with a timestamp or date, and numbers of seconds since 1970, to units since 1970. Further digits of a text
/// are truncated. Values that 64 bits cannot hold are not converted.
pub(super) fn convert(value: Node<'_>, unit: TimestampUnit) -> Option<i64> {
    match unit {
        TimestampUnit::Second => micros(value).map(|micros| micros.div_euclid(1_000_000)),
        TimestampUnit::Millisecond => micros(value).map(|micros| micros.div_euclid(1000)),
        TimestampUnit::Microsecond => micros(value),
        TimestampUnit::Nanosecond => nanos(value),
    }
}

/// Converts a value to microseconds.
pub(super) fn micros(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        NodeKind::String => from_text(&value.as_str()?),
        NodeKind::Integer => integer(value).filter(|n| SECONDS.contains(&(*n as f64))).map(|n| n * 1_000_000),
        NodeKind::Float => fraction(value).filter(|n| SECONDS.contains(n)).map(|n| (n * 1e6).round() as i64),
        _ => None,
    }
}

/// Converts a value to nanoseconds. Fractions must be exact.
fn nanos(value: Node<'_>) -> Option<i64> {
    let nanos = match value.kind() {
        NodeKind::String => {
            let text = value.as_str()?;
            parse_timestamp_nanos(text.trim()).or_else(|| from_text(&text)?.checked_mul(NANOS_PER_MICRO))
        }
        NodeKind::Float => decimal::convert(value, 38, 9).and_then(|nanos| i64::try_from(nanos).ok()),
        _ => micros(value)?.checked_mul(NANOS_PER_MICRO),
    };
    // Databases use the last values of the range for infinity.
    nanos.filter(|nanos| nanos.unsigned_abs() < i64::MAX.unsigned_abs())
}

/// Parses a timestamp, or a date as midnight in UTC. Type detection does not treat a date as a timestamp.
fn from_text(text: &str) -> Option<i64> {
    let text = text.trim();
    parse_timestamp(text).or_else(|| parse_date(text).map(|days| i64::from(days) * MICROS_PER_DAY))
}
