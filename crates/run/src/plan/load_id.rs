//! Load ids: seconds since 1970 with decimals, as text that sorts chronologically.

use std::sync::{Arc, Mutex, PoisonError};

/// A generator of load ids for the runs of a pipeline in this process. Concurrent runs get different ids.
#[derive(Debug, Clone, Default)]
pub struct LoadIdGenerator {
    last: Arc<Mutex<Option<i64>>>,
}

impl LoadIdGenerator {
    /// Returns the next load id after `last`, in microseconds.
    pub(crate) fn next(&self, now: i64, last: Option<&str>) -> i64 {
        let mut previous = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next(now, last).max(previous.map_or(i64::MIN, |previous| previous + 1));
        *previous = Some(next);
        next
    }
}

/// Returns the next load id in microseconds: now, or one microsecond after `last` if the clock is behind.
fn next(now: i64, last: Option<&str>) -> i64 {
    last.and_then(parse_load_id).map_or(now, |last| now.max(last + 1))
}

/// Formats a load id with a fixed number of digits, so that text sorts like numbers.
pub(crate) fn format_load_id(micros: i64) -> String {
    format!("{:010}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// Parses a load id into microseconds, rounded down. Other tools write more or fewer decimals.
fn parse_load_id(load_id: &str) -> Option<i64> {
    let (seconds, decimals) = load_id.split_once('.').unwrap_or((load_id, ""));
    let decimals: String = decimals.chars().chain(std::iter::repeat('0')).take(6).collect();
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(decimals.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::{format_load_id, next};

    #[test]
    fn ids_increase_even_if_the_clock_does_not() {
        let check = |now, last, expected| assert_eq!(format_load_id(next(now, last)), expected, "{now} {last:?}");
        check(1_795_347_875_928_680, None, "1795347875.928680");
        check(1_795_347_875_000_001, Some("1795347875.0"), "1795347875.000001");
        check(1, Some("1795347875.9286802"), "1795347875.928681");
        check(1, Some("1795347875.5"), "1795347875.500001");
        check(1, None, "0000000000.000001");
        check(1_795_347_875_000_000, Some("odd"), "1795347875.000000");
        let ids = super::LoadIdGenerator::default();
        assert_eq!([ids.next(5, None), ids.clone().next(5, None), ids.next(5, Some("0000000000.000009"))], [5, 6, 10]);
        assert!(format_load_id(next(1, Some("1795347875.9286802"))).as_str() > "1795347875.9286802");
    }
}
