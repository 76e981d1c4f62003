//! What the folders depend on besides the environment.

use std::path::{Path, PathBuf};

use crate::Environment;

/// What the machine says about the user that runs the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostInfo {
    /// Whether it is the root user.
    pub is_root: bool,
    /// The home folder, if there is one that can be written to.
    pub home: Option<PathBuf>,
    /// Whether `.catchment` is there in the home folder.
    pub has_dot_folder: bool,
    /// The folder for temporary files.
    pub tmp: PathBuf,
}

impl HostInfo {
    /// Looks at this process and its file system; home and temporary folder by `environment`.
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

/// Whether files can be made in the folder, or where there is none in the one that it would stand in.
pub(crate) fn is_creatable(folder: &Path) -> bool {
    let there = folder.ancestors().find(|folder| folder.exists());
    is_writable(there.unwrap_or(Path::new(".")))
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
