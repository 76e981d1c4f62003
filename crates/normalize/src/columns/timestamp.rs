use catchment_json::{Node, NodeKind};
use catchment_schema::{parse_date, parse_timestamp};

use super::{fraction, integer};

/// The years 1 to 9999, in seconds since 1970.
const SECONDS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Converts text with a timestamp or date, and numbers of seconds since 1970, to microseconds since 1970.
pub(super) fn convert(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        NodeKind::String => from_text(&value.as_str()?),
        NodeKind::Integer => integer(value).filter(|n| SECONDS.contains(&(*n as f64))).map(|n| n * 1_000_000),
        NodeKind::Float => fraction(value).filter(|n| SECONDS.contains(n)).map(|n| (n * 1e6).round() as i64),
        _ => None,
    }
}

/// Parses a timestamp, or a date as midnight in UTC. Type detection does not treat a date as a timestamp.
fn from_text(text: &str) -> Option<i64> {
    let text = text.trim();
    parse_timestamp(text).or_else(|| parse_date(text).map(|days| i64::from(days) * MICROS_PER_DAY))
}
