//! Times relative to the start of a run: `{now}`, `{today-7d}`, `{now-1h:%Y%m%d%H}`.

use std::fmt;

use catchment_extract::RelativeTime;
use jiff::Timestamp;
use jiff::fmt::strtime;

/// A relative time with a format.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RunTime {
    /// The placeholder without its braces, as written.
    written: String,
    time: RelativeTime,
    /// A format of `strftime`; without it the time is a timestamp or a date in ISO 8601.
    format: Option<String>,
}

impl RunTime {
    /// Parses a placeholder without its braces. Returns `None` if it is not a time.
    ///
    /// # Errors
    ///
    /// Returns a message if the format is invalid.
    pub(crate) fn parse(written: &str) -> Result<Option<RunTime>, String> {
        let (time, format) = match written.split_once(':') {
            Some((time, format)) => (time.trim(), Some(format.to_owned())),
            None => (written.trim(), None),
        };
        // an offset alone could be meant as text
        if !time.starts_with("now") && !time.starts_with("today") {
            return Ok(None);
        }
        let Some(time) = RelativeTime::parse(time) else { return Ok(None) };
        let run_time = RunTime { written: written.to_owned(), time, format };
        match run_time.checked_text(0) {
            Some(_) => Ok(Some(run_time)),
            None => Err(format!(
                "unknown format in placeholder {{{written}}}; use a format of strftime such as {{now:%Y-%m-%d}} or {{now:%s}} (seconds \
                 since 1970)"
            )),
        }
    }

    /// Returns the time as text. `now` is the start of the run, in microseconds since 1970.
    pub(crate) fn text(&self, now: i64) -> String {
        self.checked_text(now).unwrap_or_else(|| self.time.text(now))
    }

    /// Returns the time as text, or `None` if the format is invalid.
    fn checked_text(&self, now: i64) -> Option<String> {
        let Some(format) = &self.format else { return Some(self.time.text(now)) };
        let instant = Timestamp::from_microsecond(self.time.instant(now)).ok()?;
        strtime::format(format, instant).ok()
    }
}

impl fmt::Debug for RunTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::RunTime;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        let found = RunTime::parse(written).map(|time| time.map_or("none".to_owned(), |time| time.text(1_709_359_200_000_000)));
        assert_eq!(found.unwrap_or_else(|problem| problem), expected);
    }

    #[test]
    fn times_are_formatted() {
        check("now", "2024-03-02T06:00:00Z");
        check("today-2d", "2024-02-29");
        check("now-1h:%Y%m%d%H", "2024030205");
        check("now:%s", "1709359200");
        check("today:%d/%m/%Y", "02/03/2024");
        check("now:%H:%M", "06:00");
    }

    #[test]
    fn other_placeholders_are_not_times() {
        check("-7d", "none");
        check("nowhere", "none");
        check("today-1h", "none");
        check("resources.now.id", "none");
    }

    #[test]
    fn invalid_formats_are_reported() {
        check(
            "now:%9$",
            "unknown format in placeholder {now:%9$}; use a format of strftime such as {now:%Y-%m-%d} or {now:%s} (seconds since 1970)",
        );
    }
}
