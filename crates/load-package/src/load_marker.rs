//! Marker of a load in progress, which detects loads that crashed the process.

use std::path::{Path, PathBuf};

/// The name of the marker file in the folder of a package while a process loads it.
const FILE: &str = "loading";

/// A marker that exists while a package is being loaded.
///
/// A file in the folder of the package records the current step. Dropping the marker removes the file, so a file found by
/// the next load shows that an earlier process was killed or crashed during the load. The file is not synced, and a load
/// continues if it cannot be written.
#[derive(Debug)]
pub struct LoadMarker {
    path: PathBuf,
    earlier: CrashHistory,
}

/// The crashes of earlier processes while they loaded a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrashHistory {
    /// The number of crashed loads.
    pub loads: u32,
    /// The step of the last crash, or `None` if it happened before the first step.
    pub step: Option<String>,
    /// The number of consecutive crashes at `step`.
    pub at_step: u32,
}

impl LoadMarker {
    pub(crate) fn create(folder: &Path) -> LoadMarker {
        let path = folder.join(FILE);
        let earlier = std::fs::read_to_string(&path).map(|text| CrashHistory::parse(&text)).unwrap_or_default();
        let attempt = LoadMarker { path, earlier };
        attempt.write(None);
        attempt
    }

    /// Returns the earlier loads of the package that crashed.
    pub fn earlier_crashes(&self) -> &CrashHistory {
        &self.earlier
    }

    /// Records the current step of the load for the next process.
    pub fn record_step(&self, step: &str) {
        self.write(Some(step));
    }

    /// Writes the crash history that the next process reads if this one crashes now.
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
    /// Parses `LOADS AT_STEP STEP`. A truncated file counts as one load.
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

    /// Starts one load per entry of `steps` without dropping its marker, then checks the history of the next load.
    #[track_caller]
    fn check(steps: &[&[&str]], loads: u32, expected: Option<(&str, u32)>) {
        let folder = tempfile::tempdir().unwrap();
        for steps in steps {
            let attempt = LoadMarker::create(folder.path());
            steps.iter().for_each(|step| attempt.record_step(step));
            std::mem::forget(attempt);
        }
        let last = LoadMarker::create(folder.path());
        let (step, at_step) = expected.map_or((None, 0), |(step, count)| (Some(step.to_owned()), count));
        assert_eq!(last.earlier_crashes(), &CrashHistory { loads, step, at_step }, "{steps:?}");
        drop(last);
        assert_eq!(LoadMarker::create(folder.path()).earlier_crashes(), &CrashHistory::default(), "no marker remains");
    }

    #[test]
    fn crashed_loads_are_counted_by_their_last_step() {
        check(&[], 0, None);
        check(&[&[]], 1, None);
        check(&[&["a", "b"]], 1, Some(("b", 1)));
        check(&[&["a", "b"], &["a", "b"]], 2, Some(("b", 2)));
        check(&[&["a"], &["a b"], &["a b"]], 3, Some(("a b", 2)));
        check(&[&["a"], &[], &["a"]], 3, Some(("a", 1)));
    }

    #[test]
    fn truncated_file_counts_as_one_load() {
        assert_eq!(CrashHistory::parse(""), CrashHistory { loads: 1, step: None, at_step: 0 });
        assert_eq!(CrashHistory::parse("2 1"), CrashHistory { loads: 2, step: None, at_step: 1 });
    }
}
