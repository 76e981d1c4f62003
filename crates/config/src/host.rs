//! Host information for the default folders.

use std::path::{Path, PathBuf};

use crate::Environment;

/// Information about the user of the process and its folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// Whether the user is root.
    pub is_root: bool,
    /// The home folder, if it is writable.
    pub home: Option<PathBuf>,
    /// Whether the home folder contains `.catchment`.
    pub has_dot_folder: bool,
    /// The folder for temporary files.
    pub tmp: PathBuf,
}

impl HostInfo {
    /// Returns the information of this process, with the home and temporary folders of `environment`.
    pub fn from_process(environment: &Environment) -> Self {
        let home = home(environment).filter(|home| is_writable(home));
        Self {
            is_root: is_root(),
            has_dot_folder: home.as_ref().is_some_and(|home| home.join(".catchment").exists()),
            home,
            tmp: tmp(environment),
        }
    }
}

/// Returns whether the folder is writable, or its nearest existing parent if it does not exist.
pub(crate) fn is_creatable(folder: &Path) -> bool {
    let existing = folder.ancestors().find(|folder| folder.exists());
    is_writable(existing.unwrap_or(Path::new(".")))
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(unix)]
fn home(environment: &Environment) -> Option<PathBuf> {
    environment.path("HOME")
}

#[cfg(not(unix))]
fn home(environment: &Environment) -> Option<PathBuf> {
    environment.path("USERPROFILE")
}

#[cfg(unix)]
fn is_writable(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|folder| !folder.permissions().readonly())
}

#[cfg(unix)]
fn tmp(environment: &Environment) -> PathBuf {
    environment.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp"))
}

#[cfg(not(unix))]
fn tmp(environment: &Environment) -> PathBuf {
    let named = environment.path("TEMP").or_else(|| environment.path("TMP"));
    named.unwrap_or_else(std::env::temp_dir)
}
