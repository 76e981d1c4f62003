//! Loads that ended the process.

use std::path::{Path, PathBuf};

/// The file that stands in the folder of a package while a process loads it.
const FILE: &str = "loading";

/// A load of a package, from its first to its last moment.
///
/// While it lives a file in the folder of the package says where the load is. Dropping it removes the file, so one that is
/// there when the next load begins was left by a process that ended in the middle: it was killed, or the load ended it. The
/// file is neither synced nor required: a load goes on where it cannot be written.
#[derive(Debug)]
pub struct LoadMarker {
    path: PathBuf,
    earlier: CrashHistory,
}

/// What the processes left that ended while they loaded a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrashHistory {
    /// How many they are.
    pub loads: u32,
    /// The step that the last one was at; none where it did not come that far.
    pub step: Option<String>,
    /// How many in a row ended at that step.
    pub at_step: u32,
}

impl LoadMarker {
    pub(crate) fn header(folder: &Path) -> LoadMarker {
        let path = folder.join(FILE);
        let earlier = std::fs::read_to_string(&path).map(|text| CrashHistory::parse(&text)).unwrap_or_default();
        let attempt = LoadMarker { path, earlier };
        attempt.write(None);
        attempt
    }

    /// What earlier loads of the package left that did not come to an end.
    pub fn earlier_crashes(&self) -> &CrashHistory {
        &self.earlier
    }

    /// Records the step that the load is at, for the next process.
    pub fn record_step(&self, step: &str) {
        self.write(Some(step));
    }

    /// Writes what the next process is to find if this one ends now.
    fn write(&self, step: Option<&str>) {
        let CrashHistory { loads, step: earlier, at_step } = &self.earlier;
        let again = step.is_some() && step == earlier.as_deref();
        let at_step = if again { at_step.saturating_add(1) } else { u32::from(step.is_some()) };
        let _ = std::fs::write(&self.path, format!("{} {at_step} {}", loads.saturating_add(1), step.unwrap_or_default()));
    }
}

impl Drop for LoadMarker {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl CrashHistory {
    /// Reads `LOADS AT_STEP STEP`; a file that was cut short counts as one load.
    fn parse(text: &str) -> CrashHistory {
        let mut parts = text.splitn(3, ' ');
        let loads = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
        let at_step = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        let step = parts.next().filter(|step| !step.is_empty()).map(str::to_owned);
        CrashHistory { loads, step, at_step }
    }
}

#[cfg(test)]
mod tests {
    use super::{CrashHistory, LoadMarker};

    /// Begins loads in a folder that end at these steps without being dropped, and then one more.
    #[track_caller]
    fn check(steps: &[&[&str]], loads: u32, expected: Option<(&str, u32)>) {
        let folder = tempfile::tempdir().unwrap();
        for steps in steps {
            let attempt = LoadMarker::header(folder.path());
            steps.iter().for_each(|step| attempt.record_step(step));
            std::mem::forget(attempt);
        }
        let last = LoadMarker::header(folder.path());
        let (step, at_step) = expected.map_or((None, 0), |(step, count)| (Some(step.to_owned()), count));
        assert_eq!(last.earlier_crashes(), &CrashHistory { loads, step, at_step }, "{steps:?}");
        drop(last);
        assert_eq!(LoadMarker::header(folder.path()).earlier_crashes(), &CrashHistory::default(), "a load that came to an end");
    }

    #[test]
    fn loads_that_ended_the_process_are_counted_by_their_last_step() {
        check(&[], 0, None);
        check(&[&[]], 1, None);
        check(&[&["a", "b"]], 1, Some(("b", 1)));
        check(&[&["a", "b"], &["a", "b"]], 2, Some(("b", 2)));
        check(&[&["a"], &["a b"], &["a b"]], 3, Some(("a b", 2)));
        check(&[&["a"], &[], &["a"]], 3, Some(("a", 1)));
    }

    #[test]
    fn a_file_that_was_cut_short_counts_as_a_load() {
        assert_eq!(CrashHistory::parse(""), CrashHistory { loads: 1, step: None, at_step: 0 });
        assert_eq!(CrashHistory::parse("2 1"), CrashHistory { loads: 2, step: None, at_step: 1 });
    }
}
