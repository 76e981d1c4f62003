//! Cursors of a run: references, relative times and the interval of an external scheduler.

use catchment_extract::{Incremental, RelativeTime};
use catchment_json::Value;
use catchment_schema::{format_timestamp, parse_date, parse_timestamp};
use catchment_settings::{SettingLocation, SettingsError};

use crate::IncrementalSpec;
use crate::secrets::Secrets;

/// The environment variables with the interval of an external scheduler, as in dlt.
const INTERVAL_START: &str = "DLT_INTERVAL_START";
const INTERVAL_END: &str = "DLT_INTERVAL_END";

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Returns the cursor of a run that starts at `now`, in microseconds since 1970.
///
/// References and relative times in its bounds are resolved. If the spec allows external schedulers and one has set an
/// interval, the interval replaces the bounds, within the configured ones.
pub(crate) fn run_cursor(spec: &IncrementalSpec, secrets: &Secrets<'_>, now: i64) -> Result<Incremental, SettingsError> {
    let mut cursor = secrets.cursor(&spec.cursor)?;
    for bound in [&mut cursor.initial_value, &mut cursor.end_value] {
        if let Some(time) = bound.as_ref().and_then(Value::as_str).and_then(RelativeTime::parse) {
            *bound = Some(Value::from(time.text(now)));
        }
    }
    if !spec.allow_external_schedulers {
        return Ok(cursor);
    }
    let Some(start) = interval_bound(INTERVAL_START, secrets)? else { return Ok(cursor) };
    let end = interval_bound(INTERVAL_END, secrets)?;
    let format = BoundFormat::of(cursor.initial_value.as_ref());
    let configured = |bound: &Option<Value>| bound.as_ref().and_then(instant);
    let start = configured(&cursor.initial_value).map_or(start, |initial| initial.max(start));
    let end = end.map(|end| configured(&cursor.end_value).map_or(end, |configured| configured.min(end)));
    cursor.initial_value = Some(format.value(start));
    cursor.end_value = end.map(|end| format.value(end)).or(cursor.end_value);
    Ok(cursor)
}

/// Returns a bound of the interval in microseconds since 1970, or `None` if the variable is not set.
fn interval_bound(variable: &str, secrets: &Secrets<'_>) -> Result<Option<i64>, SettingsError> {
    let Some(text) = secrets.optional_variable(variable) else { return Ok(None) };
    instant(&Value::from(text.as_str())).map(Some).ok_or_else(|| SettingsError::InvalidValue {
        name: variable.to_owned(),
        expected: "a timestamp or a date, such as 2024-01-31T00:00:00Z".to_owned(),
        found: format!("{text:?}"),
        location: Box::new(SettingLocation::variable(variable)),
    })
}

/// The format of the bounds of a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BoundFormat {
    Timestamp,
    Date,
    /// Seconds since 1970.
    Seconds,
}

impl BoundFormat {
    /// Returns the format of a bound, timestamps by default.
    fn of(bound: Option<&Value>) -> BoundFormat {
        match bound {
            Some(Value::Number(_)) => BoundFormat::Seconds,
            Some(Value::String(text)) if parse_date(text).is_some() => BoundFormat::Date,
            _ => BoundFormat::Timestamp,
        }
    }

    fn value(self, instant: i64) -> Value {
        match self {
            BoundFormat::Timestamp => Value::from(format_timestamp(instant).replace("+00:00", "Z")),
            BoundFormat::Date => Value::from(format_timestamp(instant).chars().take(10).collect::<String>()),
            BoundFormat::Seconds => Value::from(instant.div_euclid(MICROS_PER_SECOND)),
        }
    }
}

/// Returns a timestamp, a date or a number of seconds since 1970 in microseconds since 1970.
fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_timestamp(text).or_else(|| Some(i64::from(parse_date(text)?) * MICROS_PER_DAY)),
        Value::Number(_) => value.as_i64()?.checked_mul(MICROS_PER_SECOND),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;
    use catchment_schema::parse_timestamp;
    use catchment_settings::{FoundSetting, Lookup, LookupReport, NoSettings, ScopedSettings, Secret, SettingKey, SettingsError};

    use super::run_cursor;
    use crate::secrets::Secrets;
    use crate::{Spec, SpecFormat};

    /// The interval of a scheduler.
    #[derive(Debug)]
    struct Interval(&'static [(&'static str, &'static str)]);

    impl Lookup for Interval {
        fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
            NoSettings.find(key)
        }

        fn report(&self, key: &SettingKey) -> LookupReport {
            NoSettings.report(key)
        }

        fn variable(&self, name: &str) -> Option<Secret> {
            self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| Secret::from(*value))
        }
    }

    #[track_caller]
    fn check(bounds: &str, interval: &'static [(&'static str, &'static str)], expected: &str) {
        let spec = format!(
            r#"{{"client": {{"base_url": "https://a.b"}}, "resources": [{{"name": "r", "incremental": {{"cursor_path": "at"{bounds}}}}}]}}"#
        );
        let spec = Spec::parse(&spec, SpecFormat::Json).unwrap();
        let interval = Interval(interval);
        let settings = ScopedSettings::new(&interval);
        let now = parse_timestamp("2024-03-02T06:00:00Z").unwrap();
        let incremental = spec.resources[0].endpoint.incremental.as_ref().unwrap();
        let found = run_cursor(incremental, &Secrets::new(&settings, "rest_api"), now).map(|cursor| {
            let text = |bound: &Option<Value>| bound.as_ref().map_or("none".to_owned(), Value::to_string);
            format!("{}..{}", text(&cursor.initial_value), text(&cursor.end_value))
        });
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected);
    }

    #[test]
    fn relative_bounds_are_resolved() {
        check(r#", "initial_value": "-7d""#, &[], r#""2024-02-24T06:00:00Z"..none"#);
        check(r#", "initial_value": "{today-7d}", "end_value": "{today}""#, &[], r#""2024-02-24".."2024-03-02""#);
        check(r#", "initial_value": -7"#, &[], "-7..none");
    }

    const DAY: &[(&str, &str)] = &[("DLT_INTERVAL_START", "2024-02-01T00:00:00Z"), ("DLT_INTERVAL_END", "2024-02-02T00:00:00Z")];

    #[test]
    fn the_interval_of_a_scheduler_replaces_the_bounds() {
        let allowed = |bounds: &str| format!(r#"{bounds}, "allow_external_schedulers": true"#);
        check(&allowed(""), DAY, r#""2024-02-01T00:00:00Z".."2024-02-02T00:00:00Z""#);
        check(&allowed(r#", "initial_value": "2024-01-01""#), DAY, r#""2024-02-01".."2024-02-02""#);
        check(&allowed(r#", "initial_value": 0"#), DAY, "1706745600..1706832000");
        check(&allowed(r#", "initial_value": "2024-02-01T12:00:00Z""#), DAY, r#""2024-02-01T12:00:00Z".."2024-02-02T00:00:00Z""#);
        check(&allowed(r#", "initial_value": "2024-01-01", "end_value": "2024-02-01""#), DAY, r#""2024-02-01".."2024-02-01""#);
        check(&allowed(""), &[("DLT_INTERVAL_START", "2024-02-01")], r#""2024-02-01T00:00:00Z"..none"#);
        check(&allowed(""), &[("DLT_INTERVAL_END", "2024-02-01")], "none..none");
    }

    #[test]
    fn an_interval_is_ignored_unless_the_spec_allows_it() {
        check(r#", "initial_value": "2024-01-01""#, DAY, r#""2024-01-01"..none"#);
        check(r#", "allow_external_schedulers": false"#, DAY, "none..none");
    }

    #[test]
    fn an_invalid_interval_is_reported() {
        check(
            r#", "allow_external_schedulers": true"#,
            &[("DLT_INTERVAL_START", "yesterday")],
            "`DLT_INTERVAL_START` must be a timestamp or a date, such as 2024-01-31T00:00:00Z, but DLT_INTERVAL_START \
             (environment) holds \"yesterday\"",
        );
    }
}
