//! Cursor values from text, of the type of the current value.

use catchment_extract::ResumePoint;
use catchment_json::Value;
use catchment_schema::{format_timestamp, parse_date, parse_timestamp};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The mark that dlt writes in front of timestamps in the state.
const TIMESTAMP_MARK: &str = "\u{F027}";

/// Parses a cursor value of the type of `current`, with the type mark that dlt may have stored in front of it. Without a
/// current value, a JSON value is taken as such and other text as text.
///
/// # Errors
///
/// Returns the expected type if the text does not have it.
pub(super) fn parse(text: &str, current: &Value) -> Result<Value, &'static str> {
    let json = Value::parse(text).ok();
    match current {
        Value::Null => Ok(json.unwrap_or_else(|| Value::from(text))),
        Value::Number(number) if number.is_integer() => match json {
            Some(Value::Number(number)) if number.is_integer() => Ok(Value::Number(number)),
            _ => Err("an integer"),
        },
        Value::Number(_) => json.filter(|json| matches!(json, Value::Number(_))).ok_or("a number"),
        Value::String(current) => parse_text(text, current),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            json.filter(|json| json.type_name() == current.type_name()).ok_or_else(|| current.type_name())
        }
    }
}

fn parse_text(text: &str, current: &str) -> Result<Value, &'static str> {
    let plain = ResumePoint::strip_type_mark(&Value::from(current)).to_plain_text();
    let mark = current.strip_suffix(plain.as_str()).unwrap_or_default();
    if instant(&plain).is_none() {
        return Ok(Value::from(format!("{mark}{text}")));
    }
    match instant(text).or_else(|| period_start(text)) {
        Some(micros) if mark == TIMESTAMP_MARK => Ok(Value::from(format!("{mark}{}", format_timestamp(micros)))),
        Some(_) => Ok(Value::from(format!("{mark}{text}"))),
        None => Err("a timestamp or date"),
    }
}

/// Parses a timestamp or date into microseconds since 1970. Digits only are a number.
fn instant(text: &str) -> Option<i64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let days = || parse_date(text).filter(|_| !is_number);
    parse_timestamp(text).or_else(|| days().map(|days| i64::from(days) * MICROS_PER_DAY))
}

/// Returns the start of a year or month in microseconds since 1970.
fn period_start(text: &str) -> Option<i64> {
    match text.len() {
        4 => instant(&format!("{text}-01-01")),
        7 => instant(&format!("{text}-01")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::parse;

    #[track_caller]
    fn check(text: &str, current: &str, expected: &str) {
        let found = parse(text, &Value::parse(current).unwrap());
        assert_eq!(found.map_or_else(|expected| format!("expected {expected}"), |value| value.to_string()), expected, "{text}");
    }

    #[test]
    fn numbers_stay_numbers() {
        check("5", "9", "5");
        check("-12345678901234567890123", "9", "-12345678901234567890123");
        check("5.5", "9", "expected an integer");
        check("x", "9", "expected an integer");
        check(r#""5""#, "9", "expected an integer");
        check("5", "9.5", "5");
        check("5.25", "9.5", "5.25");
        check("x", "9.5", "expected a number");
    }

    #[test]
    fn texts_stay_texts() {
        check("5", r#""9""#, r#""5""#);
        check("b", r#""a""#, r#""b""#);
        check("2024-01-01", r#""a""#, r#""2024-01-01""#);
        check("2024", r#""20231231""#, r#""2024""#);
        check("99999", r#""1234""#, r#""99999""#);
    }

    #[test]
    fn timestamps_stay_timestamps() {
        check("2024-01-01", r#""2024-05-31T10:00:00Z""#, r#""2024-01-01""#);
        check("2024-01-01T00:00:00Z", r#""2024-05-31""#, r#""2024-01-01T00:00:00Z""#);
        check("2024-05", r#""2024-05-31""#, r#""2024-05""#);
        check("2024", r#""2024-05-31""#, r#""2024""#);
        check("yesterday", r#""2024-05-31""#, "expected a timestamp or date");
        check("7", r#""2024-05-31T10:00:00Z""#, "expected a timestamp or date");
    }

    #[test]
    fn type_marks_of_dlt_are_kept() {
        let timestamp = Value::from("\u{F027}2024-05-31T00:00:00+00:00").to_string();
        check("2024-01-01", &timestamp, &Value::from("\u{F027}2024-01-01T00:00:00+00:00").to_string());
        check("x", &timestamp, "expected a timestamp or date");
        check("1.5", &Value::from("\u{F026}9.25").to_string(), &Value::from("\u{F026}1.5").to_string());
    }

    #[test]
    fn without_a_current_value_json_is_parsed() {
        check("5", "null", "5");
        check("2024-01-01", "null", r#""2024-01-01""#);
        check("a b", "null", r#""a b""#);
        check("[2]", "[1]", "[2]");
        check("2", "[1]", "expected a list");
    }
}
