//! What can never be loaded: out of the way, with the reason, until somebody has it tried again or removes it.

use std::path::{Path, PathBuf};

use crate::lock::Lock;
use crate::place::{self, Place, REASON};
use crate::{Extracted, PackageError, PackageStore, SealedPackage, folder, pages};

/// What was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
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
    pub fn set_aside(&self, package: SealedPackage, reason: &str) -> Result<SetAside, PackageError> {
        let _lock = self.lock()?;
        self.move_aside(package.folder(), &package.begin().load_id, reason.to_owned())
    }

    /// Moves rows that cannot be normalised out of the way, with the reason.
    ///
    /// # Errors
    ///
    /// Where they cannot be moved.
    pub fn set_extracted_aside(&self, extracted: Extracted, reason: &str) -> Result<SetAside, PackageError> {
        let _lock = self.lock()?;
        self.move_aside(extracted.folder(), &extracted.begin().load_id, reason.to_owned())
    }

    /// Moves a folder away while the store is locked.
    pub(crate) fn move_aside(&self, folder: &Path, load_id: &str, reason: String) -> Result<SetAside, PackageError> {
        let note = folder.join(REASON);
        std::fs::write(&note, &reason).map_err(PackageError::io("write", &note))?;
        let aside = self.folder(Place::Aside);
        std::fs::create_dir_all(&aside).map_err(PackageError::io("create", &aside))?;
        // One of that load id may have been set aside before, at an earlier stage.
        let names = std::iter::once(load_id.to_owned()).chain((2..).map(|again| format!("{load_id}_{again}")));
        let path = names.map(|name| aside.join(name)).find(|target| !target.exists()).unwrap_or_default();
        std::fs::rename(folder, &path).map_err(PackageError::io("move to", &path))?;
        Ok(SetAside { load_id: load_id.to_owned(), path, reason })
    }

    /// Puts what was set aside back to where it came from, so that the next run tries it again. Returns where that is.
    ///
    /// `name` is that of its folder: the load id, with `_2` and so on where several of one were set aside.
    ///
    /// # Errors
    ///
    /// [`PackageError::Missing`] where nothing of that name is aside, [`PackageError::Exists`] where another package of
    /// that load id waits, and where it cannot be moved.
    pub fn retry(&self, name: &str) -> Result<Place, PackageError> {
        let _lock = self.lock()?;
        let aside = self.folder(Place::Aside);
        if !self.names(Place::Aside)?.ours.iter().any(|ours| ours == name) {
            return Err(PackageError::Missing { load_id: name.to_owned(), path: aside });
        }
        let from = aside.join(name);
        let place = if from.join(pages::FILE).exists() { Place::Extracted } else { Place::Packages };
        let parent = self.folder(place);
        let to = parent.join(place::load_id(name));
        if to.exists() {
            return Err(PackageError::Exists { path: to });
        }
        let _held = Lock::take_or_refuse(&from)?;
        std::fs::create_dir_all(&parent).map_err(PackageError::io("create", &parent))?;
        std::fs::rename(&from, &to).map_err(PackageError::io("move to", &to))?;
        // Nobody reads it there.
        let _ = std::fs::remove_file(to.join(REASON));
        folder::sync(&parent)?;
        folder::sync(&aside)?;
        Ok(place)
    }

    /// Removes all of that name in `places` for good, whole or damaged.
    ///
    /// # Errors
    ///
    /// [`PackageError::Missing`] where there is nothing of that name, [`PackageError::InUse`] where somebody is at work on
    /// it, with nothing removed then, and where it cannot be removed.
    pub fn remove(&self, name: &str, places: &[Place]) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        let mut found = Vec::new();
        for place in places {
            if self.names(*place)?.ours.iter().any(|ours| ours == name) {
                let folder = self.folder(*place).join(name);
                found.push((Lock::take_or_refuse(&folder)?, folder));
            }
        }
        if found.is_empty() {
            return Err(PackageError::Missing { load_id: name.to_owned(), path: self.working_dir().to_owned() });
        }
        found.iter().try_for_each(|(_, folder)| folder::remove(folder))
    }
}
