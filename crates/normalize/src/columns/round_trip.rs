//! Checks whether a value round-trips through the type of a column.
//!
//! Spellings with exactly the same meaning are equal: 5 and 5.0, `"1.50"` and 1.5, two spellings of a timestamp. JSON
//! numbers with a fraction are doubles, so digits beyond the precision of a double are not a loss.

use catchment_json::{Node, NodeKind};
use catchment_schema::{ColumnType, TimestampUnit, parse_date};

use super::timestamp::{self, MICROS_PER_DAY};
use super::{decimal, fraction, number, python};

/// Returns true if a value that a column of type `column_type` can hold round-trips through it.
pub(super) fn round_trips(column_type: ColumnType, value: Node<'_>) -> bool {
    match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::Binary => true,
        ColumnType::Bool => boolean(value),
        ColumnType::Double => double(value),
        ColumnType::Bigint { .. } => text_is(value, number::is_integer),
        ColumnType::Decimal { .. } => text_is(value, is_decimal),
        ColumnType::Wei => text_is(value, |text| is_decimal(text) || number::is_hex_quantity(text)),
        // Numbers are converted to nanoseconds only if they are exact.
        ColumnType::Timestamp { unit: TimestampUnit::Nanosecond, .. } => text_is(value, is_trimmed),
        ColumnType::Timestamp { .. } => text_is(value, is_trimmed) && moment(value),
        ColumnType::Date => text_is(value, is_trimmed) && day(value),
        ColumnType::Time => text_is(value, is_trimmed),
    }
}

/// Returns true if a column of type `column_type` preserves all digits of a value that round-trips.
pub(super) fn preserves_digits(column_type: ColumnType, value: Node<'_>) -> bool {
    match (column_type, value.kind()) {
        (ColumnType::Double, NodeKind::Float) => value.as_number().is_some_and(|digits| {
            !number::is_number(digits) || python::float(digits).is_some_and(|n| number::are_equal(digits, &python::float_text(n)))
        }),
        (ColumnType::Timestamp { unit, .. }, NodeKind::String) => {
            value.as_str().is_some_and(|text| has_at_most_decimals(&text, usize::from(unit.precision())))
        }
        (ColumnType::Timestamp { unit, .. }, NodeKind::Float) => decimal::convert(value, 38, unit.precision()).is_some(),
        (ColumnType::Date | ColumnType::Time, NodeKind::String) => {
            value.as_str().is_some_and(|text| has_at_most_decimals(&text, 6))
        }
        _ => true,
    }
}

/// Returns true if all decimals of a date or time after the first `count` are zero.
fn has_at_most_decimals(text: &str, count: usize) -> bool {
    let decimals = text.split_once(['.', ',']).map_or("", |(_, decimals)| decimals);
    let beyond = decimals.bytes().take_while(u8::is_ascii_digit).skip(count);
    beyond.into_iter().all(|digit| digit == b'0')
}

/// Returns true if the value is not text, or text that satisfies `is`.
fn text_is(value: Node<'_>, is: impl FnOnce(&str) -> bool) -> bool {
    value.kind() != NodeKind::String || value.as_str().is_some_and(|text| is(&text))
}

/// Returns true for booleans and their common spellings, including 0 and 1. Other numbers and words do not round-trip.
fn boolean(value: Node<'_>) -> bool {
    match value.kind() {
        NodeKind::Integer | NodeKind::Float => decimal::convert(value, 1, 0).is_some_and(|n| n == 0 || n == 1),
        _ => text_is(value, |text| matches!(text, "true" | "false" | "True" | "False" | "1" | "0")),
    }
}

fn double(value: Node<'_>) -> bool {
    match value.kind() {
        NodeKind::Float => value.as_number().is_some_and(is_in_range),
        _ => text_is(value, |text| {
            // Python parses it as the integer 0.
            text != "-0"
                && number::is_number(text)
                && python::float(text).is_some_and(|n| n.is_finite() && number::are_equal(text, &python::float_text(n)))
        }),
    }
}

/// Returns true if converting a number to double does not change it to infinity or zero.
fn is_in_range(digits: &str) -> bool {
    match python::float(digits) {
        Some(n) if n.is_infinite() => !number::is_number(digits),
        Some(0.0) => number::is_zero(digits),
        Some(_) => true,
        None => false,
    }
}

/// Returns true for JSON numbers, except negative zero, which decimals cannot represent.
fn is_decimal(text: &str) -> bool {
    number::is_number(text) && !(text.starts_with('-') && number::is_zero(text))
}

fn is_trimmed(text: &str) -> bool {
    text.trim().len() == text.len()
}

/// Returns true unless the value is a number of seconds with more precision than microseconds.
fn moment(value: Node<'_>) -> bool {
    value.kind() != NodeKind::Float
        || fraction(value).is_some()
            && decimal::convert(value, 38, 6)
                .is_some_and(|micros| timestamp::micros(value).is_some_and(|found| i128::from(found) == micros))
}

/// Returns true if a value is a date, or a timestamp at midnight in UTC.
fn day(value: Node<'_>) -> bool {
    let is_day = value.kind() == NodeKind::String && value.as_str().is_some_and(|text| parse_date(&text).is_some());
    is_day || (moment(value) && timestamp::micros(value).is_some_and(|micros| micros.rem_euclid(MICROS_PER_DAY) == 0))
}
