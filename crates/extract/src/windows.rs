//! Backfill windows of a cursor range.

use std::cmp::Ordering;

use catchment_json::{Object, Value};
use catchment_state::WINDOWS_KEY;
use thiserror::Error;

use crate::Incremental;
use crate::incremental::{compare, extension, shift, update_extension};

/// A half-open cursor range, `start..end`, that is backfilled in windows of `step`.
///
/// ```
/// use catchment_extract::Windows;
///
/// let days = Windows::new("2024-02-28", "2024-03-02", 1.0);
/// let starts: Vec<_> = days.ranges()?.into_iter().map(|(start, _)| start.to_plain_text()).collect();
/// assert_eq!(starts, ["2024-02-28", "2024-02-29", "2024-03-01"]);
/// # Ok::<(), catchment_extract::WindowsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    /// The start of the range, inclusive.
    pub start: Value,
    /// The end of the range, exclusive.
    pub end: Value,
    /// The length of a window: seconds for timestamps, days for dates, a number for numbers.
    pub step: f64,
    /// The number of windows that are extracted in parallel. Default: 1.
    pub parallel: usize,
}

/// A range or step from which no windows can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("windows from {start} to {end}: {problem}")]
pub struct WindowsError {
    start: String,
    end: String,
    problem: String,
}

/// The maximum number of windows. More are most likely a mistake in the step.
const MAX_WINDOWS: usize = 100_000;

impl Windows {
    /// Creates windows of length `step` from `start` to `end`.
    pub fn new(start: impl Into<Value>, end: impl Into<Value>, step: f64) -> Windows {
        Windows { start: start.into(), end: end.into(), step, parallel: 1 }
    }

    /// Sets the number of windows that are extracted in parallel. The result is the same.
    #[must_use]
    pub fn parallel(mut self, windows: usize) -> Windows {
        self.parallel = windows.max(1);
        self
    }

    /// Returns the half-open ranges of the windows.
    ///
    /// # Errors
    ///
    /// Returns an error if values cannot be compared, the step cannot be added to them, or the step is not positive or
    /// too small.
    pub fn ranges(&self) -> Result<Vec<(Value, Value)>, WindowsError> {
        if self.step.is_nan() || self.step <= 0.0 {
            return Err(self.error(format!("step {} must be greater than 0", self.step)));
        }
        let (mut ranges, mut from) = (Vec::new(), self.start.clone());
        loop {
            match compare(&from, &self.end) {
                None => return Err(self.error("start and end cannot be compared; use values of one type".to_owned())),
                Some(Ordering::Less) => {}
                Some(_) => return Ok(ranges),
            }
            let to = shift(&from, self.step);
            let to = to.ok_or_else(|| self.error(format!("no step can be added to {from}; use numbers, dates or timestamps")))?;
            if compare(&from, &to) != Some(Ordering::Less) || ranges.len() == MAX_WINDOWS {
                return Err(self.error(format!("step {} is too small; the limit is {MAX_WINDOWS} windows", self.step)));
            }
            let to = if compare(&to, &self.end) == Some(Ordering::Greater) { self.end.clone() } else { to };
            ranges.push((from, to.clone()));
            from = to;
        }
    }

    /// Returns the ranges that the resource has not loaded yet, according to its state.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Windows::ranges`].
    pub fn remaining(&self, cursor: &Incremental, resource_state: Option<&Object>) -> Result<Vec<(Value, Value)>, WindowsError> {
        let loaded =
            resource_state.map(|resource_state| loaded_ranges(resource_state, cursor.cursor_path.as_str())).unwrap_or_default();
        let mut remaining = self.ranges()?;
        for loaded in &loaded {
            remaining = remaining.into_iter().flat_map(|range| subtract(range, loaded)).collect();
        }
        Ok(remaining)
    }

    fn error(&self, problem: String) -> WindowsError {
        WindowsError { start: self.start.to_string(), end: self.end.to_string(), problem }
    }
}

/// Returns the parts of a range that another range does not cover.
fn subtract((from, to): (Value, Value), (other_from, other_to): &(Value, Value)) -> Vec<(Value, Value)> {
    let is_before = |left: &Value, right: &Value| compare(left, right) == Some(Ordering::Less);
    if !is_before(&from, other_to) || !is_before(other_from, &to) {
        return vec![(from, to)];
    }
    let before = is_before(&from, other_from).then(|| (from, other_from.clone()));
    let after = is_before(other_to, &to).then(|| (other_to.clone(), to));
    before.into_iter().chain(after).collect()
}

/// Returns the loaded ranges of a cursor.
fn loaded_ranges(resource_state: &Object, cursor_path: &str) -> Vec<(Value, Value)> {
    let ranges = extension(resource_state, WINDOWS_KEY).and_then(|cursors| cursors.get(cursor_path)).and_then(Value::as_object);
    let range = |text: &String| match Value::parse(text).ok()?.as_array()? {
        [from, to] => Some((from.clone(), to.clone())),
        _ => None,
    };
    ranges.into_iter().flat_map(Object::keys).filter_map(range).collect()
}

/// Records that a range was loaded. Each range is a separate key, so that states of concurrent runs can be merged.
/// Adjacent ranges become one.
pub(crate) fn mark_loaded(resource_state: &mut Object, cursor_path: &str, from: &Value, to: &Value) {
    let mut range = (from.clone(), to.clone());
    let mut ranges = loaded_ranges(resource_state, cursor_path);
    let is_same = |left: &Value, right: &Value| compare(left, right) == Some(Ordering::Equal);
    while let Some(index) = ranges.iter().position(|other| is_same(&other.1, &range.0) || is_same(&range.1, &other.0)) {
        let other = ranges.remove(index);
        range = if is_same(&other.1, &range.0) { (other.0, range.1) } else { (range.0, other.1) };
    }
    ranges.push(range);
    let key = |(from, to): (Value, Value)| (Value::Array(vec![from, to]).to_string(), Value::Bool(true));
    update_extension(resource_state, WINDOWS_KEY, |cursors| {
        cursors.insert(cursor_path.to_owned(), Value::Object(ranges.into_iter().map(key).collect()));
    });
}

#[cfg(test)]
mod tests {
    use catchment_json::{Object, Value};

    use super::{Windows, mark_loaded};
    use crate::Incremental;

    fn show(ranges: Vec<(Value, Value)>) -> String {
        let ranges = ranges.iter().map(|(from, to)| format!("{}..{}", from.to_plain_text(), to.to_plain_text()));
        ranges.collect::<Vec<_>>().join(" ")
    }

    fn check(windows: Windows, expected: &str) {
        let found = windows.ranges().map_or_else(|error| error.to_string(), show);
        assert_eq!(found, expected, "{windows:?}");
    }

    #[test]
    fn ranges_are_divided_into_steps() {
        check(Windows::new(0, 5, 2.0), "0..2 2..4 4..5");
        check(
            Windows::new("2024-01-31T00:00:00Z", "2024-02-01T12:00:00Z", 86400.0),
            "2024-01-31T00:00:00Z..2024-02-01T00:00:00Z 2024-02-01T00:00:00Z..2024-02-01T12:00:00Z",
        );
        check(Windows::new(3, 3, 1.0), "");
        check(Windows::new(3, 1, 1.0), "");
    }

    #[test]
    fn invalid_windows_are_rejected() {
        check(Windows::new(0, 5, 0.0), "windows from 0 to 5: step 0 must be greater than 0");
        check(Windows::new(0, 5, f64::NAN), "windows from 0 to 5: step NaN must be greater than 0");
        check(
            Windows::new("2024", "2025-01-01", 1.0),
            "windows from \"2024\" to \"2025-01-01\": no step can be added to \"2024\"; use numbers, dates or timestamps",
        );
        check(
            Windows::new(0, "2025-01-01", 1.0),
            "windows from 0 to \"2025-01-01\": start and end cannot be compared; use values of one type",
        );
        check(Windows::new(0, 1_000_000, 1.0), "windows from 0 to 1000000: step 1 is too small; the limit is 100000 windows");
        check(
            Windows::new("2024-01-01", "2025-01-01", 1e-9),
            "windows from \"2024-01-01\" to \"2025-01-01\": step 0.000000001 is too small; the limit is 100000 windows",
        );
    }

    #[test]
    fn loaded_ranges_are_skipped() {
        let cursor = Incremental::new("at");
        let mut resource_state = Object::new();
        let mut check = |loaded: Option<(i64, i64)>, expected: &str| {
            if let Some((from, to)) = loaded {
                mark_loaded(&mut resource_state, "at", &from.into(), &to.into());
            }
            assert_eq!(show(Windows::new(0, 6, 2.0).remaining(&cursor, Some(&resource_state)).unwrap()), expected);
        };
        check(None, "0..2 2..4 4..6");
        check(Some((2, 4)), "0..2 4..6");
        // windows of another length
        check(Some((5, 6)), "0..2 4..5");
        check(Some((-9, 1)), "1..2 4..5");
        check(Some((4, 5)), "1..2");
        check(Some((1, 2)), "");
        // the ranges were joined
        assert_eq!(Value::Object(resource_state).to_string(), r#"{"_catchment":{"windows":{"at":{"[-9,6]":true}}}}"#);
    }
}
