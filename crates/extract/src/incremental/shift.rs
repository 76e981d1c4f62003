//! Addition of a distance to a value: the lag of a cursor, the step of a window.

use catchment_json::Value;
use catchment_schema::{format_timestamp, parse_date, parse_timestamp};

use super::cursor::split_mark;

/// Adds `distance` to `value`: seconds to timestamps, days to dates, and the number itself to numbers. Texts keep their
/// format, including offset and precision. Returns `None` for other values and beyond the end of the calendar.
pub(crate) fn shift(value: &Value, distance: f64) -> Option<Value> {
    match value {
        Value::Number(source) => number(source.as_str(), distance),
        Value::String(source) => text(source, distance).map(Value::from),
        _ => None,
    }
}

fn number(source: &str, distance: f64) -> Option<Value> {
    if let (Ok(integer), true) = (source.parse::<i128>(), distance.fract() == 0.0) {
        return Value::parse(&integer.checked_add(distance as i128)?.to_string()).ok();
    }
    let moved = source.parse::<f64>().ok()? + distance;
    moved.is_finite().then(|| Value::from(moved))
}

fn text(text: &str, distance: f64) -> Option<String> {
    let (mark, plain) = split_mark(text);
    if let Some(days) = parse_date(plain) {
        return rewrite(plain, "", micros(i64::from(days) as f64 + distance, 86_400e6)?).map(|date| format!("{mark}{date}"));
    }
    parse_timestamp(plain)?;
    let at = plain.find(['T', ' '])?;
    let offset = plain.get(at..)?.find(['Z', 'z', '+', '-']).map_or(plain.len(), |found| at + found);
    let (local, offset) = plain.split_at(offset);
    let moved = parse_timestamp(local)?.checked_add(micros(distance, 1e6)?)?;
    rewrite(local, offset, moved).map(|moved| format!("{mark}{moved}"))
}

fn micros(count: f64, unit: f64) -> Option<i64> {
    let micros = (count * unit).round();
    (micros.abs() < 9e18).then_some(micros as i64)
}

/// Formats another instant like `text`: replaces its digits and keeps all other characters.
fn rewrite(text: &str, offset: &str, micros: i64) -> Option<String> {
    let instant = format_timestamp(micros);
    let (date_time, _) = instant.split_once('+')?;
    let digits: String = date_time.chars().filter(char::is_ascii_digit).collect();
    if date_time.get(4..5) != Some("-") {
        return None;
    }
    let mut digits = digits.chars().chain(std::iter::repeat('0'));
    let moved: Option<String> = text.chars().map(|c| if c.is_ascii_digit() { digits.next() } else { Some(c) }).collect();
    moved.map(|moved| moved + offset)
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::shift;

    fn check(value: &str, distance: f64, expected: &str) {
        let found = shift(&Value::parse(value).unwrap(), distance).map_or("none".to_owned(), |value| value.to_string());
        assert_eq!(found, expected, "{value} by {distance}");
    }

    #[test]
    fn texts_keep_their_format() {
        check(r#""2024-03-01T00:00:00Z""#, -3600.0, r#""2024-02-29T23:00:00Z""#);
        check(r#""2024-03-01T00:00:00+02:00""#, -86400.0, r#""2024-02-29T00:00:00+02:00""#);
        check(r#""2024-03-01 00:00:00.500-0130""#, -0.25, r#""2024-03-01 00:00:00.250-0130""#);
        check(r#""2024-03-01T00:00:00.123456789Z""#, 1.0, r#""2024-03-01T00:00:01.123456000Z""#);
        check(r#""20240301T0000""#, -60.0, r#""20240229T2359""#);
        check(r#""2024-03-01T10:00""#, 3600.0, r#""2024-03-01T11:00""#);
        check(r#""2024-03-01""#, -1.0, r#""2024-02-29""#);
        check(r#""2024/03/01""#, 31.0, r#""2024/04/01""#);
        check(r#""20240301""#, -1.0, r#""20240229""#);
        check("\"\u{F027}2024-01-02T00:00:00+00:00\"", -1.0, "\"\u{F027}2024-01-01T23:59:59+00:00\"");
        check("\"\u{F028}2024-01-02\"", -1.0, "\"\u{F028}2024-01-01\"");
    }

    #[test]
    fn numbers_are_added_exactly() {
        check("5", -2.0, "3");
        check("12345678901234567890", -1.0, "12345678901234567889");
        check("5", -0.5, "4.5");
        check("5.5", 1.0, "6.5");
    }

    #[test]
    fn other_values_are_not_shifted() {
        check(r#""n/a""#, 1.0, "none");
        check("null", 1.0, "none");
        check("true", 1.0, "none");
        check(r#""9999-12-31T23:59:59Z""#, 1e18, "none");
        check(r#""9999-12-31""#, 1.0, "none");
    }
}
