//! Resource locks: only one run at a time loads a resource of a pipeline.

use std::fs::File;
use std::path::{Path, PathBuf};

use catchment_load_package::FileLock;
use catchment_schema::{format_timestamp, naming};
use thiserror::Error;

/// The error of a resource that cannot be locked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run holds the lock.
    #[error("resource `{resource}` is locked by another run ({holder}); wait for it to finish or select other resources")]
    Held {
        /// The resource.
        resource: String,
        /// The process that holds the lock.
        holder: String,
    },
    /// The lock file cannot be created.
    #[error("failed to lock {}: the working folder must be writable", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

/// Locks on resources, released on drop. The operating system releases them if the process dies.
#[derive(Debug)]
pub(crate) struct ResourceLocks {
    _locks: Vec<FileLock>,
}

impl ResourceLocks {
    /// Locks all `resources` in `working_dir` or none of them.
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
        let holder = FileLock::holder(&path).unwrap_or_else(|| "unknown process".to_owned());
        LockError::Held { resource: resource.to_owned(), holder }
    })
}

/// Returns the lock file name of a resource, whose name may contain characters that are invalid in file names.
fn file_name(resource: &str) -> String {
    let plain: String = resource.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
    format!("{plain}_{}.lock", naming::tag(resource))
}

#[cfg(test)]
mod tests {
    use super::ResourceLocks;

    #[test]
    fn locks_exclude_overlapping_resources_only() {
        let dir = tempfile::tempdir().unwrap();
        let acquire = |resources: &[&'static str]| ResourceLocks::acquire(dir.path(), resources.iter().copied(), 0);
        let first = acquire(&["a", "b/c"]).unwrap();
        let other = acquire(&["b_c", "d"]).unwrap();
        let message = acquire(&["e", "b/c"]).unwrap_err().to_string();
        let pid = std::process::id();
        let expected = format!(
            "resource `b/c` is locked by another run (process {pid} since 1970-01-01T00:00:00+00:00); wait for it to finish or \
             select other resources"
        );
        assert_eq!(message, expected);
        // The failed attempt holds no locks.
        drop(acquire(&["e"]).unwrap());
        drop((first, other));
        acquire(&["a", "b_c", "b/c", "d"]).unwrap();
    }
}
