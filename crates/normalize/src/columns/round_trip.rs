//! Which values read back as they were written once they are converted to the type of a column.
//!
//! Forms that mean exactly the same count as equal: 5 and 5.0, `"1.50"` and 1.5, two spellings of a moment. Numbers of
//! JSON are doubles where they have a fraction, so digits that no double has are no loss.

use catchment_json::{Node, NodeKind};
use catchment_schema::{ColumnType, parse_date};

use super::timestamp::{self, MICROS_PER_DAY};
use super::{decimal, fraction, number, python};

/// Whether a value that a column of the type can hold reads back from it.
pub(super) fn round_trips(column_type: ColumnType, value: Node<'_>) -> bool {
    match column_type {
        ColumnType::Text | ColumnType::Json | ColumnType::Binary => true,
        ColumnType::Bool => boolean(value),
        ColumnType::Double => double(value),
        ColumnType::Bigint { .. } => text_is(value, number::is_integer),
        ColumnType::Decimal { .. } => text_is(value, is_decimal),
        ColumnType::Wei => text_is(value, |text| is_decimal(text) || number::is_hex_quantity(text)),
        ColumnType::Timestamp { .. } => text_is(value, is_trimmed) && moment(value),
        ColumnType::Date => text_is(value, is_trimmed) && day(value),
        ColumnType::Time => text_is(value, is_trimmed),
    }
}

/// Whether a column of the type keeps all digits of a value that reads back from it: those beyond a double or beyond
/// microseconds are cut.
pub(super) fn preserves_digits(column_type: ColumnType, value: Node<'_>) -> bool {
    match (column_type, value.kind()) {
        (ColumnType::Double, NodeKind::Float) => value.as_number().is_some_and(|digits| {
            !number::is_number(digits) || python::float(digits).is_some_and(|n| number::are_equal(digits, &python::float_text(n)))
        }),
        (ColumnType::Timestamp { .. } | ColumnType::Date | ColumnType::Time, NodeKind::String) => {
            value.as_str().is_some_and(|text| has_whole_micros(&text))
        }
        _ => true,
    }
}

/// Whether a date or time has no more than six decimals but zeros.
fn has_whole_micros(text: &str) -> bool {
    let decimals = text.split_once(['.', ',']).map_or("", |(_, decimals)| decimals);
    let beyond = decimals.bytes().take_while(u8::is_ascii_digit).skip(6);
    beyond.into_iter().all(|digit| digit == b'0')
}

/// Whether the value is no text, or text that `is` it.
fn text_is(value: Node<'_>, is: impl FnOnce(&str) -> bool) -> bool {
    value.kind() != NodeKind::String || value.as_str().is_some_and(|text| is(&text))
}

/// 0 and 1 are how many programs write booleans; other numbers and words are not.
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
            // Python reads it as the integer 0.
            text != "-0"
                && number::is_number(text)
                && python::float(text).is_some_and(|n| n.is_finite() && number::are_equal(text, &python::float_text(n)))
        }),
    }
}

/// Whether the double of a number is neither infinite nor zero where the number is not.
fn is_in_range(digits: &str) -> bool {
    match python::float(digits) {
        Some(n) if n.is_infinite() => !number::is_number(digits),
        Some(0.0) => number::is_zero(digits),
        Some(_) => true,
        None => false,
    }
}

/// Decimals have no negative zero.
fn is_decimal(text: &str) -> bool {
    number::is_number(text) && !(text.starts_with('-') && number::is_zero(text))
}

fn is_trimmed(text: &str) -> bool {
    text.trim().len() == text.len()
}

/// Whether a number of seconds is a whole number of microseconds, as all text is taken to be.
fn moment(value: Node<'_>) -> bool {
    value.kind() != NodeKind::Float
        || fraction(value).is_some()
            && decimal::convert(value, 38, 6)
                .is_some_and(|micros| timestamp::convert(value).is_some_and(|found| i128::from(found) == micros))
}

/// Whether a value is a day without a time: a moment is one at midnight in UTC.
fn day(value: Node<'_>) -> bool {
    let is_day = value.kind() == NodeKind::String && value.as_str().is_some_and(|text| parse_date(&text).is_some());
    is_day || (moment(value) && timestamp::convert(value).is_some_and(|micros| micros.rem_euclid(MICROS_PER_DAY) == 0))
}
