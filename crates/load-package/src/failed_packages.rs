//! Failed packages: moved to `aside/` with the reason, until they are retried or removed.

use std::path::{Path, PathBuf};

use crate::lock::PackageLock;
use crate::package_queue::{self, PackageQueue, REASON};
use crate::{ExtractedPackage, PackageError, PackageStore, SealedPackage, folder, pages};

/// A package or extract that cannot be loaded or normalized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedPackage {
    /// The load id.
    pub load_id: String,
    /// The folder of the failed package.
    pub path: PathBuf,
    /// The reason of the failure.
    pub reason: String,
}

impl PackageStore {
    /// Moves a package that cannot be loaded to the failed packages and records the reason. Removes its extract as
    /// [`PackageStore::remove_package`] does.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be moved.
    pub fn move_to_failed(&self, package: &SealedPackage, reason: &str) -> Result<FailedPackage, PackageError> {
        let _lock = self.lock()?;
        self.remove_leftover_extract(package)?;
        self.move_folder_to_failed(package.folder(), &package.header().load_id, reason.to_owned())
    }

    /// Moves an extract that cannot be normalized to the failed packages and records the reason.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be moved.
    pub fn move_extract_to_failed(&self, extracted: ExtractedPackage, reason: &str) -> Result<FailedPackage, PackageError> {
        let _lock = self.lock()?;
        self.move_folder_to_failed(extracted.folder(), &extracted.header().load_id, reason.to_owned())
    }

    /// Moves a folder to the failed packages. The caller holds the lock of the store.
    pub(crate) fn move_folder_to_failed(
        &self,
        folder: &Path,
        load_id: &str,
        reason: String,
    ) -> Result<FailedPackage, PackageError> {
        let note = folder.join(REASON);
        std::fs::write(&note, &reason).map_err(PackageError::io("write", &note))?;
        let failed = self.folder(PackageQueue::Failed);
        std::fs::create_dir_all(&failed).map_err(PackageError::io("create", &failed))?;
        // An extract or package with this load id may have failed before.
        let names = std::iter::once(load_id.to_owned()).chain((2..).map(|again| format!("{load_id}_{again}")));
        let path = names.map(|name| failed.join(name)).find(|target| !target.exists()).unwrap_or_default();
        std::fs::rename(folder, &path).map_err(PackageError::io("move to", &path))?;
        Ok(FailedPackage { load_id: load_id.to_owned(), path, reason })
    }

    /// Moves a failed package back to its queue, so that the next run retries it. Returns the queue.
    ///
    /// `name` is the folder name: the load id, with a suffix such as `_2` if several packages with this load id failed.
    ///
    /// # Errors
    ///
    /// Returns [`PackageError::NotFound`] if no failed package has this name, [`PackageError::AlreadyExists`] if a package
    /// with the same load id is pending, and an error if the folder cannot be moved.
    pub fn retry(&self, name: &str) -> Result<PackageQueue, PackageError> {
        let _lock = self.lock()?;
        let failed = self.folder(PackageQueue::Failed);
        if !self.names(PackageQueue::Failed)?.packages.iter().any(|package| package == name) {
            return Err(PackageError::NotFound { load_id: name.to_owned(), path: failed });
        }
        let from = failed.join(name);
        let queue = if from.join(pages::FILE).exists() { PackageQueue::Extracted } else { PackageQueue::Normalized };
        let parent = self.folder(queue);
        let to = parent.join(package_queue::load_id(name));
        if to.exists() {
            return Err(PackageError::AlreadyExists { path: to });
        }
        let _held = PackageLock::acquire_or_err(&from)?;
        std::fs::create_dir_all(&parent).map_err(PackageError::io("create", &parent))?;
        std::fs::rename(&from, &to).map_err(PackageError::io("move to", &to))?;
        // The reason is only read among the failed packages.
        let _ = std::fs::remove_file(to.join(REASON));
        folder::sync(&parent)?;
        folder::sync(&failed)?;
        Ok(queue)
    }

    /// Permanently removes every package `name` in `queues`, intact or corrupt.
    ///
    /// # Errors
    ///
    /// Returns [`PackageError::NotFound`] if no package has this name, [`PackageError::InUse`] if another process has locked
    /// one of them (none is removed then), and an error if a folder cannot be removed.
    pub fn remove(&self, name: &str, queues: &[PackageQueue]) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        let mut found = Vec::new();
        for queue in queues {
            if self.names(*queue)?.packages.iter().any(|package| package == name) {
                let folder = self.folder(*queue).join(name);
                found.push((PackageLock::acquire_or_err(&folder)?, folder));
            }
        }
        if found.is_empty() {
            return Err(PackageError::NotFound { load_id: name.to_owned(), path: self.working_dir().to_owned() });
        }
        found.iter().try_for_each(|(_, folder)| folder::remove(folder))
    }
}
