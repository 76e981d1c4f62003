//! Naive conversion of values to column types: like Python, except for conversions that lose digits. With `exact`, only
//! values that round-trip are converted.

use catchment_json::{Number, Value};
use catchment_schema::{ColumnType, DataType, parse_date, parse_timestamp};

use crate::cell::Cell;

/// The magnitude up to which doubles represent every integer.
pub(crate) const EXACT: i128 = 1 << 53;

const DAY: i64 = 86_400_000_000;

/// Infers the type of a column from its first value.
pub(crate) fn infer(value: &Value, exact: bool) -> ColumnType {
    match value {
        Value::Bool(_) => ColumnType::Bool,
        Value::Number(n) if n.is_integer() => integer_type(n).unwrap_or(ColumnType::Text),
        Value::Number(_) => fraction_type(value, exact).unwrap_or(ColumnType::Text),
        Value::String(text) if parse_timestamp(text).is_some() => ColumnType::TIMESTAMP,
        Value::String(_) | Value::Null => ColumnType::Text,
        Value::Array(_) | Value::Object(_) => ColumnType::Json,
    }
}

/// Returns the narrowest type of a number, or `None` if no numeric type fits.
pub(crate) fn number_type(value: &Value, exact: bool) -> Option<ColumnType> {
    match value {
        Value::Number(n) if n.is_integer() => integer_type(n),
        Value::Number(_) => fraction_type(value, exact),
        _ => None,
    }
}

fn fraction_type(value: &Value, exact: bool) -> Option<ColumnType> {
    convert(ColumnType::Double, value, exact).map(|_| ColumnType::Double)
}

fn integer_type(n: &Number) -> Option<ColumnType> {
    match whole(n.as_str())? {
        n if i64::try_from(n).is_ok() => Some(ColumnType::Bigint { bits: 64, beyond_double: n.abs() > EXACT }),
        _ => Some(ColumnType::LONG_INTEGER),
    }
}

/// Converts a value to a column type, or returns `None` if it does not fit.
pub(crate) fn convert(column_type: ColumnType, value: &Value, exact: bool) -> Option<Cell> {
    let cell = match column_type.data_type() {
        DataType::Text => Some(Cell::Text(text(value, exact))),
        DataType::Bigint => bigint(value).map(|n| Cell::Integer(n.into())),
        DataType::Decimal => long_integer(value).map(Cell::Integer),
        DataType::Double => double(value).map(Cell::double),
        DataType::Bool => boolean(value).map(Cell::Bool),
        DataType::Timestamp => instant(value).map(Cell::Instant),
        DataType::Json => json(value).map(Cell::Text),
        other => panic!("unexpected column type {other}"),
    }?;
    (!exact || reads_back(column_type, value, &cell)).then_some(cell)
}

/// Returns true if the cell round-trips to the source value.
pub(crate) fn reads_back(column_type: ColumnType, value: &Value, cell: &Cell) -> bool {
    match (cell, value) {
        (Cell::Text(_), _) | (Cell::Integer(_), Value::Number(_)) | (Cell::Bool(_), Value::Bool(_)) => true,
        (Cell::Integer(n), Value::String(text)) if column_type.data_type() == DataType::Bigint => n.to_string() == *text,
        (Cell::Integer(n), Value::String(text)) => same_number(text, &n.to_string()),
        (Cell::Bool(b), Value::Number(n)) => whole(n.as_str()) == Some(i128::from(*b)),
        (Cell::Bool(true), Value::String(text)) => ["true", "True", "1"].contains(&&**text),
        (Cell::Bool(false), Value::String(text)) => ["false", "False", "0"].contains(&&**text),
        (Cell::Double(_), Value::Number(n)) if n.is_integer() => true,
        (Cell::Double(bits), Value::Number(n)) => {
            let is_word = n.as_str().ends_with(['N', 'y']);
            is_word || (f64::from_bits(*bits).is_finite() && (f64::from_bits(*bits) == 0.0) == is_zero(n.as_str()))
        }
        // The cell has lost the sign of zero.
        (Cell::Double(bits), Value::String(text)) => {
            let text = if *bits == 0 { text.trim_start_matches('-') } else { text };
            value != &Value::from("-0") && same_number(text, &python_float_text(f64::from_bits(*bits)))
        }
        (Cell::Instant(_), Value::String(text)) => text.trim() == text,
        (Cell::Instant(0), Value::Number(n)) => is_zero(n.as_str()),
        (Cell::Instant(micros), Value::Number(n)) => {
            let (sign, micros) = (if *micros < 0 { "-" } else { "" }, micros.unsigned_abs());
            same_number(n.as_str(), &format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000))
        }
        _ => false,
    }
}

fn is_zero(number: &str) -> bool {
    number.split('e').next().unwrap().bytes().all(|b| !(b'1'..=b'9').contains(&b))
}

/// Returns true if both texts are JSON numbers with the same value.
fn same_number(a: &str, b: &str) -> bool {
    let digits = |text: &str| -> Option<(bool, String, i64)> {
        let Ok(Value::Number(number)) = Value::parse(text) else { return None };
        if number.as_str() != text || text.ends_with(['N', 'y']) {
            return None;
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mut exponent: i64 = exponent.parse().ok()?;
        let mut digits = mantissa.trim_start_matches('-').to_owned();
        if let Some(point) = digits.find('.') {
            exponent -= (digits.len() - point - 1) as i64;
            digits.remove(point);
        }
        while digits.ends_with('0') {
            digits.pop();
            exponent += 1;
        }
        let digits = digits.trim_start_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Some((text.starts_with('-'), digits, exponent))
    };
    digits(a).is_some() && digits(a) == digits(b)
}

fn bigint(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => whole(n.as_str())?.try_into().ok(),
        Value::String(text) => python_int(text)?.try_into().ok(),
        _ => None,
    }
}

fn long_integer(value: &Value) -> Option<i128> {
    match value {
        Value::Number(n) => whole(n.as_str()),
        Value::String(text) => python_int(text).or_else(|| whole(text.trim())),
        _ => None,
    }
}

fn double(value: &Value) -> Option<f64> {
    let exact = |n: i128| (n.abs() <= EXACT).then_some(n as f64);
    match value {
        Value::Number(n) if n.is_integer() => exact(whole(n.as_str())?),
        Value::Number(n) => n.as_f64(),
        Value::String(text) => match python_int(text) {
            Some(n) => exact(n),
            None => text.trim().parse().ok(),
        },
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::Number(n) => Some(n.as_f64() != Some(0.0)),
        Value::String(text) => match text.to_lowercase().as_str() {
            "yes" | "true" | "t" | "y" | "1" => Some(true),
            "no" | "false" | "f" | "n" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Converts text, or a number of seconds since 1970, to microseconds. Only the years 1 to 9999 are valid.
fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_timestamp(text.trim()).or_else(|| Some(i64::from(parse_date(text.trim())?) * DAY)),
        Value::Number(n) => {
            let seconds = n.as_f64().filter(|n| (-62_135_596_800.0..253_402_300_800.0).contains(n))?;
            Some((seconds * 1e6).round() as i64)
        }
        _ => None,
    }
}

fn json(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
        Value::String(text) => Value::parse(text).ok().map(|value| value.to_string()),
        _ => None,
    }
}

/// Formats a value like Python's `str`.
pub(crate) fn text(value: &Value, exact: bool) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(n) if n.as_str() == "-0" => "0".to_owned(),
        Value::Number(n) if n.is_integer() => n.as_str().to_owned(),
        Value::Number(n) => {
            let short = python_float_text(n.as_f64().unwrap());
            let is_word = n.as_str().ends_with(['N', 'y']);
            if !exact || is_word || same_number(n.as_str(), &short) { short } else { n.as_str().to_owned() }
        }
        _ => value.to_string(),
    }
}

fn python_float_text(n: f64) -> String {
    if !n.is_finite() {
        return if n.is_nan() {
            "nan"
        } else if n > 0.0 {
            "inf"
        } else {
            "-inf"
        }
        .to_owned();
    }
    let scientific = format!("{n:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap();
    match exponent.parse::<i32>().unwrap() {
        -4..=15 => format!("{n:?}"),
        exponent @ ..0 => format!("{digits}e-{:02}", -exponent),
        exponent => format!("{digits}e+{exponent:02}"),
    }
}

/// Parses a JSON number as an integer of up to 38 digits, in any spelling.
fn whole(text: &str) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (sign, digits) = mantissa.strip_prefix('-').map_or((1, mantissa), |rest| (-1, rest));
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let mut digits = format!("{before}{after}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut exponent = exponent.parse::<i64>().ok()? - after.len() as i64;
    while exponent < 0 && digits.ends_with('0') {
        digits.pop();
        exponent += 1;
    }
    let digits = digits.trim_start_matches('0');
    match (digits.len() as i64, exponent) {
        (0, _) => Some(0),
        (length, 0..) if length + exponent <= 38 => {
            Some(sign * format!("{digits}{}", "0".repeat(exponent as usize)).parse::<i128>().unwrap())
        }
        _ => None,
    }
}

/// Parses text like Python's `int(text)`, or `int(text, 16)` after `0x`.
fn python_int(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok();
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let groups: Vec<&str> = digits.split('_').collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    text.replace('_', "").parse().ok()
}
