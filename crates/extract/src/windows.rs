//! Walking a range of a cursor in steps.

use std::cmp::Ordering;

use catchment_json::{Object, Value};
use catchment_state::WINDOWS_KEY;
use thiserror::Error;

use crate::Incremental;
use crate::incremental::{compare, extension, shift, update_extension};

/// A range of the values of a cursor, from `start` up to `end`, in steps: what is loaded once, a piece at a time, to fill up
/// what is there.
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
    /// The first value.
    pub start: Value,
    /// The value after the last one.
    pub end: Value,
    /// The length of a window: seconds for time stamps, days for dates, a number for numbers.
    pub step: f64,
    /// How many windows are extracted at the same time; one by default.
    pub parallel: usize,
}

/// Windows that there cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("windows from {start} to {end}: {problem}")]
pub struct WindowsError {
    start: String,
    end: String,
    problem: String,
}

/// More windows than this are a mistake in the step.
const MAX_WINDOWS: usize = 100_000;

impl Windows {
    /// Windows of the length `step` from `start` up to `end`.
    pub fn new(start: impl Into<Value>, end: impl Into<Value>, step: f64) -> Windows {
        Windows { start: start.into(), end: end.into(), step, parallel: 1 }
    }

    /// The same windows, of which several are extracted at the same time. What is loaded is the same.
    #[must_use]
    pub fn parallel(mut self, windows: usize) -> Windows {
        self.parallel = windows.max(1);
        self
    }

    /// The windows, from each value up to the next one.
    ///
    /// # Errors
    ///
    /// Where values cannot be compared or moved, or the step leads nowhere.
    pub fn ranges(&self) -> Result<Vec<(Value, Value)>, WindowsError> {
        if self.step.is_nan() || self.step <= 0.0 {
            return Err(self.error(format!("a step of {} leads nowhere", self.step)));
        }
        let (mut pieces, mut from) = (Vec::new(), self.start.clone());
        loop {
            match compare(&from, &self.end) {
                None => return Err(self.error("the two cannot be compared".to_owned())),
                Some(Ordering::Less) => {}
                Some(_) => return Ok(pieces),
            }
            let to = shift(&from, self.step);
            let to = to.ok_or_else(|| self.error(format!("{from} cannot be moved; numbers, dates and time stamps can")))?;
            if compare(&from, &to) != Some(Ordering::Less) || pieces.len() == MAX_WINDOWS {
                return Err(self.error(format!("steps of {} are too small", self.step)));
            }
            let to = if compare(&to, &self.end) == Some(Ordering::Greater) { self.end.clone() } else { to };
            pieces.push((from, to.clone()));
            from = to;
        }
    }

    /// The windows without what a resource has loaded of them, by what the state keeps of it.
    ///
    /// # Errors
    ///
    /// Those of [`Windows::ranges`].
    pub fn remaining(&self, cursor: &Incremental, resource_state: Option<&Object>) -> Result<Vec<(Value, Value)>, WindowsError> {
        let done =
            resource_state.map(|resource_state| loaded_ranges(resource_state, cursor.cursor_path.as_str())).unwrap_or_default();
        let mut remaining = self.ranges()?;
        for done in &done {
            remaining = remaining.into_iter().flat_map(|piece| subtract(piece, done)).collect();
        }
        Ok(remaining)
    }

    fn error(&self, problem: String) -> WindowsError {
        WindowsError { start: self.start.to_string(), end: self.end.to_string(), problem }
    }
}

/// What is left of a range without another one.
fn subtract((from, to): (Value, Value), (done_from, done_to): &(Value, Value)) -> Vec<(Value, Value)> {
    let is_before = |left: &Value, right: &Value| compare(left, right) == Some(Ordering::Less);
    if !is_before(&from, done_to) || !is_before(done_from, &to) {
        return vec![(from, to)];
    }
    let before = is_before(&from, done_from).then(|| (from, done_from.clone()));
    let after = is_before(done_to, &to).then(|| (done_to.clone(), to));
    before.into_iter().chain(after).collect()
}

/// The ranges that were loaded.
fn loaded_ranges(resource_state: &Object, cursor_path: &str) -> Vec<(Value, Value)> {
    let ranges = extension(resource_state, WINDOWS_KEY).and_then(|cursors| cursors.get(cursor_path)).and_then(Value::as_object);
    let range = |text: &String| match Value::parse(text).ok()?.as_array()? {
        [from, to] => Some((from.clone(), to.clone())),
        _ => None,
    };
    ranges.into_iter().flat_map(Object::keys).filter_map(range).collect()
}

/// Notes that a range was loaded. Each range is a key of its own, so that runs of different ones can be put together; those
/// that meet become one.
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

    fn show(pieces: Vec<(Value, Value)>) -> String {
        let pieces = pieces.iter().map(|(from, to)| format!("{}..{}", from.to_plain_text(), to.to_plain_text()));
        pieces.collect::<Vec<_>>().join(" ")
    }

    fn check(windows: Windows, expected: &str) {
        let found = windows.ranges().map_or_else(|error| error.to_string(), show);
        assert_eq!(found, expected, "{windows:?}");
    }

    #[test]
    fn ranges_are_walked_in_steps() {
        check(Windows::new(0, 5, 2.0), "0..2 2..4 4..5");
        check(
            Windows::new("2024-01-31T00:00:00Z", "2024-02-01T12:00:00Z", 86400.0),
            "2024-01-31T00:00:00Z..2024-02-01T00:00:00Z 2024-02-01T00:00:00Z..2024-02-01T12:00:00Z",
        );
        check(Windows::new(3, 3, 1.0), "");
        check(Windows::new(3, 1, 1.0), "");
    }

    #[test]
    fn windows_that_there_cannot_be() {
        check(Windows::new(0, 5, 0.0), "windows from 0 to 5: a step of 0 leads nowhere");
        check(Windows::new(0, 5, f64::NAN), "windows from 0 to 5: a step of NaN leads nowhere");
        check(
            Windows::new("2024", "2025-01-01", 1.0),
            "windows from \"2024\" to \"2025-01-01\": \"2024\" cannot be moved; numbers, dates and time stamps can",
        );
        check(Windows::new(0, "2025-01-01", 1.0), "windows from 0 to \"2025-01-01\": the two cannot be compared");
        check(Windows::new(0, 1_000_000, 1.0), "windows from 0 to 1000000: steps of 1 are too small");
        check(
            Windows::new("2024-01-01", "2025-01-01", 1e-9),
            "windows from \"2024-01-01\" to \"2025-01-01\": steps of 0.000000001 are too small",
        );
    }

    #[test]
    fn what_was_loaded_is_left_out() {
        let cursor = Incremental::new("at");
        let mut resource_state = Object::new();
        let mut check = |done: Option<(i64, i64)>, expected: &str| {
            if let Some((from, to)) = done {
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
        // they have become one
        assert_eq!(Value::Object(resource_state).to_string(), r#"{"_catchment":{"windows":{"at":{"[-9,6]":true}}}}"#);
    }
}
