//! What can never be loaded: out of the way, with the reason, until somebody has it tried again or removes it.

use std::path::{Path, PathBuf};

use crate::lock::PackageLock;
use crate::package_queue::{self, PackageQueue, REASON};
use crate::{ExtractedPackage, PackageError, PackageStore, SealedPackage, folder, pages};

/// What was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedPackage {
    /// Its load id.
    pub load_id: String,
    /// Where it is now.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl PackageStore {
    /// Moves a package that cannot be loaded out of the way, with the reason.
    ///
    /// # Errors
    ///
    /// Where it cannot be moved.
    pub fn move_to_failed(&self, package: SealedPackage, reason: &str) -> Result<FailedPackage, PackageError> {
        let _lock = self.lock()?;
        self.move_folder_to_failed(package.folder(), &package.header().load_id, reason.to_owned())
    }

    /// Moves rows that cannot be normalised out of the way, with the reason.
    ///
    /// # Errors
    ///
    /// Where they cannot be moved.
    pub fn move_extract_to_failed(&self, extracted: ExtractedPackage, reason: &str) -> Result<FailedPackage, PackageError> {
        let _lock = self.lock()?;
        self.move_folder_to_failed(extracted.folder(), &extracted.header().load_id, reason.to_owned())
    }

    /// Moves a folder away while the store is locked.
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
        // One of that load id may have been set aside before, at an earlier stage.
        let names = std::iter::once(load_id.to_owned()).chain((2..).map(|again| format!("{load_id}_{again}")));
        let path = names.map(|name| failed.join(name)).find(|target| !target.exists()).unwrap_or_default();
        std::fs::rename(folder, &path).map_err(PackageError::io("move to", &path))?;
        Ok(FailedPackage { load_id: load_id.to_owned(), path, reason })
    }

    /// Puts what was set aside back to where it came from, so that the next run tries it again. Returns where that is.
    ///
    /// `name` is that of its folder: the load id, with `_2` and so on where several of one were set aside.
    ///
    /// # Errors
    ///
    /// [`PackageError::NotFound`] where nothing of that name is aside, [`PackageError::AlreadyExists`] where another package of
    /// that load id waits, and where it cannot be moved.
    pub fn retry(&self, name: &str) -> Result<PackageQueue, PackageError> {
        let _lock = self.lock()?;
        let failed = self.folder(PackageQueue::Failed);
        if !self.names(PackageQueue::Failed)?.packages.iter().any(|ours| ours == name) {
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
        // Nobody reads it there.
        let _ = std::fs::remove_file(to.join(REASON));
        folder::sync(&parent)?;
        folder::sync(&failed)?;
        Ok(queue)
    }

    /// Removes all of that name in `places` for good, whole or damaged.
    ///
    /// # Errors
    ///
    /// [`PackageError::NotFound`] where there is nothing of that name, [`PackageError::InUse`] where somebody is at work on
    /// it, with nothing removed then, and where it cannot be removed.
    pub fn remove(&self, name: &str, places: &[PackageQueue]) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        let mut found = Vec::new();
        for queue in places {
            if self.names(*queue)?.packages.iter().any(|ours| ours == name) {
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
