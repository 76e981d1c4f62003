//! `catchment run --dev-mode`: runs that start without state, and their files.
//!
//! The working folder of such a run is inside the working folder of the pipeline. Each run deletes the files of the previous
//! one, including the database file unless its location is configured, so a pipeline has the files of at most one such run.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use catchment::load_package::FileLock;
use catchment::schema::format_timestamp;
use catchment::{RunEnvironment as _, SystemEnvironment};

/// Returns the folder that replaces the pipelines folder in development mode.
pub(crate) fn pipelines_dir(pipelines_dir: &Path, pipeline: &str) -> PathBuf {
    pipelines_dir.join(pipeline).join("dev")
}

/// Returns the suffix of the dataset name: the current time to the second, such as 20240131235959.
pub(crate) fn suffix() -> String {
    let now = format_timestamp(SystemEnvironment.now());
    now.chars().filter(char::is_ascii_digit).take(14).collect()
}

/// An exclusive lock on the pipelines folder of development mode.
#[derive(Debug)]
pub(crate) struct DevFolder {
    _lock: FileLock,
}

impl DevFolder {
    /// Locks the `folder` returned by [`pipelines_dir`] and deletes the files of the previous run.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<DevFolder> {
        let failed = || format!("failed to empty {} for a run with --dev-mode", folder.display());
        let parent = folder.parent().with_context(failed)?;
        std::fs::create_dir_all(parent).with_context(failed)?;
        // The lock file is beside the folder: it must not be deleted while another process may open it.
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
    fn a_run_deletes_only_the_files_of_the_previous_run() {
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
        assert!(folder.join("p/p.duckdb").exists(), "the database stays until the next run");
        assert!(dir.path().join("p/state.json").exists(), "the state of the pipeline stays");
        let names = std::fs::read_dir(dir.path().join("p")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["dev", "dev.lock", "state.json"]);
    }

    #[test]
    fn files_of_a_run_in_progress_are_not_deleted() {
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
