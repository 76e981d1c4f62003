//! Cursor ranges of flags: `--from`, `--to` and `--window`.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use anyhow::{Context as _, anyhow, bail, ensure};
use catchment::extract::{CursorFormat, RelativeTime, Source, Windows, parse_duration};
use catchment::{Resource, Value, WriteDisposition};

const SECONDS_PER_DAY: i64 = 86_400;

/// Limits the selected resources of `source` to the rows with a cursor value from `from` up to `to`, by default up to `now`
/// (microseconds since 1970). The cursors do not move.
pub(crate) fn limit(source: &mut Source, from: &str, to: Option<&str>, now: i64) -> anyhow::Result<()> {
    let selected: Vec<_> = source.selected_resources().collect();
    let names = |resources: Vec<&&Resource>| {
        let names: Vec<_> = resources.iter().map(|resource| format!("`{}`", resource.name)).collect();
        names.join(", ")
    };
    let without: Vec<_> = selected.iter().filter(|resource| !has_cursor(source, resource)).collect();
    if !without.is_empty() {
        bail!("--from: {} has no cursor to limit; set `incremental`, or name other resources with --select", names(without));
    }
    let replaced: Vec<_> = selected.iter().filter(|resource| resource.write_disposition == WriteDisposition::Replace).collect();
    if !replaced.is_empty() {
        let names = names(replaced);
        bail!("--from: {names} would replace its table with the rows of the range; set --write-disposition merge or append");
    }
    let limited: BTreeSet<String> =
        selected.iter().flat_map(|resource| lineage(source, resource)).map(|resource| resource.name.clone()).collect();
    for resource in source.resources.iter_mut().filter(|resource| limited.contains(&resource.name)) {
        let Some(cursor) = resource.incremental.take() else { continue };
        let from = cursor_value(from, cursor.initial_value.as_ref(), now).context("--from")?;
        let to = match to {
            Some(to) => cursor_value(to, Some(&from), now).context("--to")?,
            None if matches!(from, Value::Number(_)) => bail!("--from: the range of a number needs an end; set --to"),
            None => RelativeTime::end_of_range(&from, now),
        };
        ensure_ordered(&from, &to)?;
        // the pages of an interrupted run with another range must not be resumed
        resource.resumable = false;
        resource.incremental = Some(cursor.range(from, to));
    }
    Ok(())
}

/// Returns a resource and its ancestors.
fn lineage<'s>(source: &'s Source, resource: &'s Resource) -> impl Iterator<Item = &'s Resource> {
    let parent = |resource: &&'s Resource| {
        let parent = resource.parent()?;
        source.resources.iter().find(|other| other.name == parent)
    };
    std::iter::successors(Some(resource), parent).take(source.resources.len())
}

/// Returns whether a resource or one of its ancestors has a cursor.
fn has_cursor(source: &Source, resource: &Resource) -> bool {
    lineage(source, resource).any(|resource| resource.incremental.is_some())
}

/// Returns the windows of a backfill of `resource`.
pub(crate) fn windows(resource: &Resource, from: &str, to: &str, window: &str, now: i64) -> anyhow::Result<Windows> {
    let like = resource.incremental.as_ref().and_then(|cursor| cursor.initial_value.as_ref());
    let from = cursor_value(from, like, now).context("--from")?;
    let to = cursor_value(to, Some(&from), now).context("--to")?;
    ensure_ordered(&from, &to)?;
    let is_future = |end: &Value| CursorFormat::instant(end).is_some_and(|end| end > now);
    ensure!(
        matches!(from, Value::Number(_)) || !is_future(&to),
        "--to: {} is in the future; a loaded window is not requested again, so rows that arrive later would be missing",
        to.to_plain_text()
    );
    let step = step(&from, window).context("--window")?;
    Ok(Windows::new(from, to, step))
}

fn ensure_ordered(from: &Value, to: &Value) -> anyhow::Result<()> {
    let is_reversed = CursorFormat::compare(from, to) == Some(Ordering::Greater);
    ensure!(!is_reversed, "--from {} is after --to {}", from.to_plain_text(), to.to_plain_text());
    Ok(())
}

/// Parses a cursor value: a relative time, or a value with the type of `like`. Without `like`, a number is a number.
fn cursor_value(text: &str, like: Option<&Value>, now: i64) -> anyhow::Result<Value> {
    // a relative initial value shows only that the cursor is a timestamp or a date
    let like = like.filter(|like| like.as_str().is_none_or(|like| RelativeTime::parse(like).is_none()));
    if let Some(time) = RelativeTime::parse(text) {
        return Ok(time.value_like(like, now));
    }
    ensure!(
        !RelativeTime::is_intended(text),
        "unknown relative time {text:?}; write now, -7d, now-12h or today-7d, with the units s, m, h, d or w"
    );
    let number = || Value::parse(text).ok().filter(|value| matches!(value, Value::Number(_)));
    Ok(match like {
        Some(Value::String(_)) => Value::from(text),
        _ => number().unwrap_or_else(|| Value::from(text)),
    })
}

/// Returns the length of a window in the unit of its cursor: seconds for timestamps, days for dates, a number for numbers.
fn step(from: &Value, window: &str) -> anyhow::Result<f64> {
    let is_date = CursorFormat::of(from) == Some(CursorFormat::Date);
    match (parse_duration(window), from) {
        (Some(_), Value::Number(_)) => bail!("the cursor is a number, so {window:?} must be a number too"),
        (Some(seconds), _) if is_date && seconds % SECONDS_PER_DAY != 0 => {
            bail!("the cursor is a date, so {window:?} must be whole days, such as 1d or 4w")
        }
        (Some(seconds), _) if is_date => Ok((seconds / SECONDS_PER_DAY) as f64),
        (Some(seconds), _) => Ok(seconds as f64),
        (None, Value::Number(_)) => window.parse().map_err(|_| anyhow!("found {window:?}, expected a number, such as 1000")),
        (None, _) => bail!("found {window:?}, expected a number and a unit, such as 12h, 7d or 4w"),
    }
}

#[cfg(test)]
mod tests {
    use catchment::extract::Source;
    use catchment::schema::parse_timestamp;
    use catchment::{Incremental, Resource, Value, WriteDisposition};

    use super::{limit, windows};

    fn now() -> i64 {
        parse_timestamp("2024-03-02T06:00:00Z").unwrap()
    }

    fn resource(initial: &str) -> Resource {
        let cursor = Incremental::new("at");
        let initial = Value::parse(initial).unwrap();
        let cursor = if initial.is_null() { cursor } else { cursor.initial_value(initial) };
        Resource::rows("events", [1]).incremental(cursor)
    }

    #[track_caller]
    fn check_limit(initial: &str, from: &str, to: Option<&str>, expected: &str) {
        let mut source = Source::from(resource(initial));
        let found = limit(&mut source, from, to, now()).map(|()| {
            let cursor = source.resources[0].incremental.clone().unwrap();
            format!("{}..{}", cursor.initial_value.unwrap(), cursor.end_value.unwrap())
        });
        assert_eq!(found.unwrap_or_else(|error| format!("{error:#}")), expected);
    }

    #[test]
    fn ranges() {
        check_limit("null", "2024-01-01", Some("2024-02-01"), r#""2024-01-01".."2024-02-01""#);
        check_limit("null", "-1d", None, r#""2024-03-01T06:00:00Z".."2024-03-02T06:00:00Z""#);
        check_limit("null", "today-1d", None, r#""2024-03-01".."2024-03-03""#);
        check_limit("null", "today-1d", Some("today"), r#""2024-03-01".."2024-03-02""#);
        check_limit("7", "100", Some("200"), "100..200");
        check_limit("null", "100", Some("200"), "100..200");
        check_limit(r#""0""#, "100", Some("200"), r#""100".."200""#);
        check_limit("7", "100", None, "--from: the range of a number needs an end; set --to");
        check_limit(r#""2024-01-01""#, "-1d", Some("now"), r#""2024-03-01".."2024-03-02""#);
        check_limit(r#""-30d""#, "2024-01-01", Some("2024-01-02"), r#""2024-01-01".."2024-01-02""#);
        check_limit("null", "2024-01-02", Some("2024-01-01"), "--from 2024-01-02 is after --to 2024-01-01");
        let unknown = "unknown relative time \"-7days\"; write now, -7d, now-12h or today-7d, with the units s, m, h, d or w";
        check_limit("null", "-7days", None, &format!("--from: {unknown}"));
    }

    #[test]
    fn a_resource_without_a_cursor_has_no_range() {
        let mut source = Source::new("s").with_resource(resource("null")).with_resource(Resource::rows("users", [1]));
        let error = limit(&mut source, "-1d", None, now()).unwrap_err().to_string();
        assert_eq!(error, "--from: `users` has no cursor to limit; set `incremental`, or name other resources with --select");
        let mut source = source.select(["events"]).unwrap();
        limit(&mut source, "-1d", None, now()).unwrap();
    }

    #[test]
    fn a_range_does_not_replace_a_table() {
        let mut source = Source::from(resource("null").write_disposition(WriteDisposition::Replace));
        let error = limit(&mut source, "-1d", None, now()).unwrap_err().to_string();
        let expected =
            "--from: `events` would replace its table with the rows of the range; set --write-disposition merge or append";
        assert_eq!(error, expected);
    }

    #[track_caller]
    fn check_windows(from: &str, to: &str, window: &str, expected: &str) {
        let found = windows(&resource("null"), from, to, window, now()).map(|windows| {
            let ranges = windows.ranges().unwrap();
            format!("{} from {}", ranges.len(), ranges[0].0)
        });
        assert_eq!(found.unwrap_or_else(|error| format!("{error:#}")), expected);
    }

    #[test]
    fn windows_have_the_unit_of_the_cursor() {
        check_windows("2024-01-01", "2024-01-15", "7d", r#"2 from "2024-01-01""#);
        check_windows("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "12h", r#"2 from "2024-01-01T00:00:00Z""#);
        check_windows("-2d", "now", "1d", r#"2 from "2024-02-29T06:00:00Z""#);
        check_windows("0", "1000", "100", "10 from 0");
        check_windows(
            "2024-01-01",
            "2024-03-03",
            "7d",
            "--to: 2024-03-03 is in the future; a loaded window is not requested again, so rows that arrive later would be missing",
        );
        check_windows("2024-01-15", "2024-01-01", "7d", "--from 2024-01-15 is after --to 2024-01-01");
        check_windows(
            "2024-01-01",
            "2024-01-15",
            "12h",
            "--window: the cursor is a date, so \"12h\" must be whole days, such as 1d or 4w",
        );
        check_windows("0", "10", "1d", "--window: the cursor is a number, so \"1d\" must be a number too");
        check_windows("0", "10", "x", "--window: found \"x\", expected a number, such as 1000");
        check_windows(
            "2024-01-01",
            "2024-01-15",
            "7",
            "--window: found \"7\", expected a number and a unit, such as 12h, 7d or 4w",
        );
    }
}
