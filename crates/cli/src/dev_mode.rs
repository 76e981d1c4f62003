//! `catchment run --dev-mode`: a run that starts from nothing, and what it leaves on disk.
//!
//! The working folder of such a run is in that of the pipeline, and each run removes what the one before has left there, the
//! database file included where no setting says which it is. So a pipeline has the files of one such run at most.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use catchment::load_package::FileLock;
use catchment::schema::format_timestamp;
use catchment::{RunEnvironment as _, SystemEnvironment};

/// The folder that stands in for the folder of pipelines in runs of `pipeline` in development mode.
pub(crate) fn pipelines_dir(pipelines_dir: &Path, pipeline: &str) -> PathBuf {
    pipelines_dir.join(pipeline).join("dev")
}

/// The end of the name of a dataset: the time to the second, 20240131235959.
pub(crate) fn suffix() -> String {
    let now = format_timestamp(SystemEnvironment.now());
    now.chars().filter(char::is_ascii_digit).take(14).collect()
}

/// A folder of pipelines that one run in development mode has for itself while this lives.
#[derive(Debug)]
pub(crate) struct DevFolder {
    _lock: FileLock,
}

impl DevFolder {
    /// Locks the `folder` that [`pipelines_dir`] names, and removes what the run before has left in it.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<DevFolder> {
        let failed = || format!("failed to empty {} for a run with --dev-mode", folder.display());
        let parent = folder.parent().with_context(failed)?;
        std::fs::create_dir_all(parent).with_context(failed)?;
        // It is beside the folder, as a lock must not be removed while others may open it.
        let path = folder.with_extension("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(failed)?;
        let holder = format!("process {} since {}", std::process::id(), format_timestamp(SystemEnvironment.now()));
        let Some(lock) = FileLock::try_lock(file, &holder).with_context(failed)? else {
            let holder = FileLock::holder(&path).unwrap_or_else(|| "an unknown process".to_owned());
            bail!("another run of this pipeline with --dev-mode is in progress: {holder}; wait for it to end");
        };
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(failed),
            _ => Ok(DevFolder { _lock: lock }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DevFolder, pipelines_dir};

    #[test]
    fn a_run_removes_what_the_one_before_has_left_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let folder = pipelines_dir(dir.path(), "p");
        for _ in 0..2 {
            let started = DevFolder::start(&folder).unwrap();
            assert!(!folder.exists());
            std::fs::create_dir_all(folder.join("p/packages")).unwrap();
            std::fs::write(folder.join("p/p.duckdb"), "rows").unwrap();
            std::fs::write(dir.path().join("p/state.json"), "{}").unwrap();
            drop(started);
        }
        assert!(folder.join("p/p.duckdb").exists(), "it stays until the next run");
        assert!(dir.path().join("p/state.json").exists(), "it is that of the pipeline");
        let names = std::fs::read_dir(dir.path().join("p")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["dev", "dev.lock", "state.json"]);
    }

    #[test]
    fn a_run_that_is_in_progress_keeps_its_files() {
        let dir = tempfile::tempdir().unwrap();
        let folder = pipelines_dir(dir.path(), "p");
        let _started = DevFolder::start(&folder).unwrap();
        std::fs::create_dir_all(&folder).unwrap();
        let refused = DevFolder::start(&folder).unwrap_err().to_string();
        let expected = format!("--dev-mode is in progress: process {} since", std::process::id());
        assert!(refused.contains(&expected), "{refused}");
        assert!(folder.exists());
    }
}
