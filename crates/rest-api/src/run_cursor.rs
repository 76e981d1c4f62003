//! Cursors of a run: references, relative times and the interval of an external scheduler.

use catchment_extract::{CursorFormat, Incremental, RelativeTime};
use catchment_json::Value;
use catchment_settings::{SettingLocation, SettingsError};

use crate::IncrementalSpec;
use crate::secrets::Secrets;

/// The environment variables with the interval of an external scheduler, as in dlt.
const INTERVAL_START: &str = "DLT_INTERVAL_START";
const INTERVAL_END: &str = "DLT_INTERVAL_END";

/// Returns the cursor of a run that starts at `now`, in microseconds since 1970.
///
/// References and relative times in its bounds are resolved. If the spec allows external schedulers and one has set an
/// interval, the interval replaces the bounds, within the configured ones.
pub(crate) fn run_cursor(spec: &IncrementalSpec, secrets: &Secrets<'_>, now: i64) -> Result<Incremental, SettingsError> {
    let mut cursor = secrets.cursor(&spec.cursor)?;
    let relative = |bound: &Option<Value>| bound.as_ref().and_then(Value::as_str).and_then(RelativeTime::parse);
    if let Some(time) = relative(&cursor.initial_value) {
        cursor = cursor.initial_value(time.text(now)).with_relative_initial_value();
    }
    if let Some(time) = relative(&cursor.end_value) {
        cursor.end_value = Some(time.value_like(cursor.initial_value.as_ref(), now));
    }
    if !spec.allow_external_schedulers {
        return Ok(cursor);
    }
    let (start, end) = match (interval_bound(INTERVAL_START, secrets)?, interval_bound(INTERVAL_END, secrets)?) {
        (Some(start), Some(end)) => (start, end),
        (None, None) => return Ok(cursor),
        (Some(_), None) | (None, Some(_)) => {
            tracing::warn!("ignored the interval of the scheduler: set both {INTERVAL_START} and {INTERVAL_END}");
            return Ok(cursor);
        }
    };
    let format = cursor.initial_value.as_ref().and_then(CursorFormat::of).unwrap_or(CursorFormat::Timestamp);
    let configured = |bound: &Option<Value>| bound.as_ref().and_then(CursorFormat::instant);
    let start = configured(&cursor.initial_value).map_or(start, |initial| initial.max(start));
    let end = configured(&cursor.end_value).map_or(end, |configured| configured.min(end));
    // an interval before the configured range has no rows
    let end = end.max(start);
    cursor.initial_value = Some(format.value(start));
    cursor.end_value = Some(format.value(end));
    Ok(cursor)
}

/// Returns a bound of the interval in microseconds since 1970, or `None` if the variable is not set.
fn interval_bound(variable: &str, secrets: &Secrets<'_>) -> Result<Option<i64>, SettingsError> {
    let Some(text) = secrets.optional_variable(variable) else { return Ok(None) };
    CursorFormat::instant(&Value::from(text.as_str())).map(Some).ok_or_else(|| SettingsError::InvalidValue {
        name: variable.to_owned(),
        expected: "a timestamp or a date, such as 2024-01-31T00:00:00Z".to_owned(),
        found: format!("{text:?}"),
        location: Box::new(SettingLocation::variable(variable)),
    })
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
        check(&allowed(r#", "initial_value": "2024-03-01""#), DAY, r#""2024-03-01".."2024-03-01""#);
        // half of an interval is ignored
        check(&allowed(""), &[("DLT_INTERVAL_START", "2024-02-01")], "none..none");
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
            &[("DLT_INTERVAL_START", "yesterday"), ("DLT_INTERVAL_END", "2024-02-01")],
            "`DLT_INTERVAL_START` must be a timestamp or a date, such as 2024-01-31T00:00:00Z, but DLT_INTERVAL_START \
             (environment) holds \"yesterday\"",
        );
    }
}
