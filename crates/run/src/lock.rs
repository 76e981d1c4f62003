//! Locks: a resource of a pipeline is loaded by one run at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

use catchment_load_package::FileLock;
use catchment_schema::{format_timestamp, naming};
use thiserror::Error;

/// A resource that cannot be locked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run is at work on it.
    #[error("resource `{resource}` is being loaded by another run: {holder}; wait for it to end, or select other resources")]
    Held {
        /// The resource.
        resource: String,
        /// Who holds the lock.
        holder: String,
    },
    /// The lock file cannot be made.
    #[error("failed to lock {}: a run has to write to its working folder", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Locks that are held as long as this lives; the operating system lets go of them when the process dies.
#[derive(Debug)]
pub(crate) struct ResourceLocks {
    _locks: Vec<FileLock>,
}

impl ResourceLocks {
    /// Locks `resources` in `working_dir`, or none of them.
    pub(crate) fn acquire<'r>(
        working_dir: &Path,
        resources: impl IntoIterator<Item = &'r str>,
        now: i64,
    ) -> Result<ResourceLocks, LockError> {
        let folder = working_dir.join("locks");
        std::fs::create_dir_all(&folder).map_err(|source| LockError::Io { path: folder.clone(), source })?;
        let locks = resources.into_iter().map(|resource| acquire(&folder, resource, now)).collect::<Result<_, _>>()?;
        Ok(ResourceLocks { _locks: locks })
    }
}

fn acquire(folder: &Path, resource: &str, now: i64) -> Result<FileLock, LockError> {
    let path = folder.join(file_name(resource));
    let io = |source| LockError::Io { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    let holder = format!("process {} since {}", std::process::id(), format_timestamp(now));
    FileLock::try_lock(file, &holder).map_err(io)?.ok_or_else(|| {
        let holder = FileLock::holder(&path).unwrap_or_else(|| "a process that could not leave its number".to_owned());
        LockError::Held { resource: resource.to_owned(), holder }
    })
}

/// Names of resources are any text; those of files are not.
fn file_name(resource: &str) -> String {
    let plain: String = resource.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    format!("{plain}_{}.lock", naming::tag(resource))
}

#[cfg(test)]
mod tests {
    use super::ResourceLocks;

    #[test]
    fn overlapping_resources_exclude_each_other_and_disjoint_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let take = |resources: &[&'static str]| ResourceLocks::acquire(dir.path(), resources.iter().copied(), 0);
        let first = take(&["a", "b/c"]).unwrap();
        let other = take(&["b_c", "d"]).unwrap();
        let message = take(&["e", "b/c"]).unwrap_err().to_string();
        let pid = std::process::id();
        let expected = format!(
            "resource `b/c` is being loaded by another run: process {pid} since 1970-01-01T00:00:00+00:00; wait for it to end, \
             or select other resources"
        );
        assert_eq!(message, expected);
        // Nothing is kept of a try that failed.
        drop(take(&["e"]).unwrap());
        drop((first, other));
        take(&["a", "b_c", "b/c", "d"]).unwrap();
    }
}
