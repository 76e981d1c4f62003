use catchment_json::{Node, NodeKind};
use catchment_schema::{ColumnType, parse_date, parse_timestamp};

use super::double::EXACT;
use super::{Coercion, decimal, digits, integer};
use crate::rules::TextDetection;

/// Infers the type of a column from its first value.
///
/// Integers of more than 64 bits become decimals with scale 0, or text if they have more than 38 digits. Fractions beyond
/// the range of doubles become text, except with [`Coercion::Reference`]; with [`Coercion::Digits`] also fractions and
/// timestamps with more digits than their type.
pub(crate) fn infer(value: Node<'_>, detections: TextDetection, coercion: Coercion) -> ColumnType {
    match value.kind() {
        NodeKind::Bool => ColumnType::Bool,
        // `beyond_double` is set when all values of the column are known.
        NodeKind::Integer if integer(value).is_some() => ColumnType::BIGINT,
        NodeKind::Integer => integer_type(value).unwrap_or(ColumnType::Text),
        NodeKind::Float if coercion.admits(ColumnType::Double, value) => ColumnType::Double,
        NodeKind::Float => ColumnType::Text,
        NodeKind::String => {
            let found = value.as_str().map_or(ColumnType::Text, |text| text_type(&text, detections));
            if coercion.admits(found, value) { found } else { ColumnType::Text }
        }
        NodeKind::Null => ColumnType::Text,
        NodeKind::Array | NodeKind::Object => ColumnType::Json,
    }
}

fn text_type(text: &str, detections: TextDetection) -> ColumnType {
    // Most text does not begin with a digit, but each date does.
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return ColumnType::Text;
    }
    if detections.iso_timestamp && parse_timestamp(text).is_some() {
        ColumnType::TIMESTAMP
    } else if detections.iso_date && parse_date(text).is_some() {
        ColumnType::Date
    } else {
        ColumnType::Text
    }
}

/// Returns the narrowest type for an integer, or `None` if it has more than 38 digits.
pub(super) fn integer_type(value: Node<'_>) -> Option<ColumnType> {
    match integer(value) {
        Some(n) => Some(ColumnType::Bigint { bits: 64, beyond_double: !EXACT.contains(&n) }),
        None => {
            let (precision, scale) = digits(ColumnType::LONG_INTEGER);
            decimal::convert(value, precision, scale).map(|_| ColumnType::LONG_INTEGER)
        }
    }
}
