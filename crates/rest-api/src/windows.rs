//! Windows of a cursor range.

use catchment_extract::{RelativeTime, ResumePoint, Windows, WindowsError};
use catchment_json::Value;

/// Splits the range from `start` up to its end, or up to `now` (microseconds since 1970), into windows of length `step`. The
/// last window then contains `now`.
pub(crate) fn windows(start: &ResumePoint, step: f64, now: i64) -> Result<Vec<ResumePoint>, WindowsError> {
    let Some(from) = start.last_value.as_ref().map(ResumePoint::strip_type_mark) else { return Ok(vec![start.clone()]) };
    let end = match &start.end_value {
        Some(end) => ResumePoint::strip_type_mark(end),
        None => RelativeTime::end_of_range(&from, now),
    };
    let window = |(from, to): (Value, Value)| {
        ResumePoint::new(start.initial_value.clone(), Some(from)).with_end_value(Some(to)).with_turn(start.turn.clone())
    };
    Ok(Windows::new(from, end, step).ranges()?.into_iter().map(window).collect())
}

#[cfg(test)]
mod tests {
    use catchment_extract::ResumePoint;
    use catchment_json::Value;
    use catchment_schema::parse_timestamp;

    use super::windows;

    #[track_caller]
    fn check(from: &str, end: &str, step: f64, expected: &str) {
        let value = |text: &str| Some(Value::parse(text).unwrap()).filter(|value| !value.is_null());
        let start = ResumePoint::new(value("0"), value(from)).with_end_value(value(end));
        let now = parse_timestamp("2024-03-02T06:00:00Z").unwrap();
        let found = windows(&start, step, now).map(|windows| {
            let window = |start: &ResumePoint| format!("{}..{}", start.last_value_text(), start.end_value_text());
            windows.iter().map(window).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected, "{from} to {end}");
    }

    #[test]
    fn ranges_are_split_into_windows() {
        check(r#""2024-02-28""#, r#""2024-03-02""#, 2.0, "2024-02-28..2024-03-01 2024-03-01..2024-03-02");
        check(r#""2024-02-29""#, "null", 2.0, "2024-02-29..2024-03-02 2024-03-02..2024-03-03");
        check(
            r#""2024-03-01T00:00:00Z""#,
            "null",
            86400.0,
            "2024-03-01T00:00:00Z..2024-03-02T00:00:00Z 2024-03-02T00:00:00Z..2024-03-02T06:00:00Z",
        );
        check("0", "25", 10.0, "0..10 10..20 20..25");
        check("null", "null", 10.0, "..");
        check(r#""2025-01-01""#, "null", 1.0, "");
        check(
            "5",
            "null",
            1.0,
            "windows from 5 to \"2024-03-02T06:00:00Z\": start and end cannot be compared; use values of one type",
        );
    }
}
