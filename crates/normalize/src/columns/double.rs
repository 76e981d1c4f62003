use catchment_json::{Kind, Node};

use super::{fraction, integer, python};

/// Up to here every integer is a double.
const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

/// Doubles take integers that they hold exactly, and text that is a number; booleans are not numbers.
pub(super) fn convert(value: Node<'_>) -> Option<f64> {
    match value.kind() {
        Kind::Fraction => fraction(value),
        Kind::Integer => integer(value).filter(|n| EXACT.contains(n)).map(|n| n as f64),
        Kind::Text => python::float(&value.text()?),
        _ => None,
    }
}
