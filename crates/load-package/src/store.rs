//! The packages of a pipeline.

use std::path::{Path, PathBuf};

use crate::journal;
use crate::lock::Lock;
use crate::writer::{PackageWriter, WriterOptions};
use crate::{Begin, PackageError, SealedPackage};

/// The packages in a working directory.
///
/// `packages/LOAD_ID` are those at work, `aside/LOAD_ID` those that could not be loaded, with the reason in
/// `reason.txt`. A package that was loaded is removed.
#[derive(Debug, Clone)]
pub struct PackageStore {
    packages: PathBuf,
    aside: PathBuf,
    /// Held while packages are made or looked for, so that nobody takes a folder that its maker has not locked yet.
    lock: PathBuf,
}

/// A package that an earlier run left behind.
#[derive(Debug)]
pub enum Pending {
    /// It can be loaded.
    Sealed(Box<SealedPackage>),
    /// It was never finished, and has been thrown away.
    Discarded {
        /// Its load id.
        load_id: String,
    },
}

impl PackageStore {
    /// The store in `working_dir`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// Where it cannot be made.
    pub fn open(working_dir: &Path) -> Result<PackageStore, PackageError> {
        let store = PackageStore {
            packages: working_dir.join("packages"),
            aside: working_dir.join("aside"),
            lock: working_dir.join("packages.lock"),
        };
        std::fs::create_dir_all(&store.packages).map_err(PackageError::io("create", &store.packages))?;
        Ok(store)
    }

    /// Begins a package.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be made, or there is one of that load id.
    pub fn create(&self, begin: Begin, options: WriterOptions) -> Result<PackageWriter, PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        PackageWriter::create(self.packages.join(&begin.load_id), begin, options)
    }

    /// The packages that earlier runs left behind, oldest first. Those that a living process is at work on
    /// are left out; those that were never finished are removed.
    ///
    /// # Errors
    ///
    /// Where a journal cannot be read, is damaged, or was written by a later version.
    pub fn pending(&self) -> Result<Vec<Pending>, PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        let mut pending = Vec::new();
        for load_id in self.load_ids()? {
            let folder = self.packages.join(&load_id);
            let Some(lock) = Lock::take(&folder)? else { continue };
            match journal::read(&folder)? {
                Some(journal::Journal { begin, segments, seal: Some(seal) }) => {
                    let package = SealedPackage::new(folder, lock, begin, segments, seal);
                    pending.push(Pending::Sealed(Box::new(package)));
                }
                _ => {
                    remove(&folder)?;
                    pending.push(Pending::Discarded { load_id });
                }
            }
        }
        Ok(pending)
    }

    /// Removes a package that has been loaded.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be removed; it may be loaded again then, which changes nothing.
    pub fn complete(&self, package: SealedPackage) -> Result<(), PackageError> {
        remove(&package.folder)
    }

    /// Moves a package that cannot be loaded out of the way, with the reason. Returns where it is.
    ///
    /// # Errors
    ///
    /// Where it cannot be moved.
    pub fn set_aside(&self, package: SealedPackage, reason: &str) -> Result<PathBuf, PackageError> {
        let note = package.folder.join("reason.txt");
        std::fs::write(&note, reason).map_err(PackageError::io("write", &note))?;
        std::fs::create_dir_all(&self.aside).map_err(PackageError::io("create", &self.aside))?;
        let target = self.aside.join(&package.begin().load_id);
        std::fs::rename(&package.folder, &target).map_err(PackageError::io("move to", &target))?;
        Ok(target)
    }

    /// The load ids of the packages that were set aside, oldest first.
    ///
    /// # Errors
    ///
    /// Where their folder cannot be read.
    pub fn aside(&self) -> Result<Vec<String>, PackageError> {
        if self.aside.exists() { names(&self.aside) } else { Ok(Vec::new()) }
    }

    /// The load ids of the packages that are being filled or wait to be loaded, oldest first.
    ///
    /// # Errors
    ///
    /// Where their folder cannot be read.
    pub fn load_ids(&self) -> Result<Vec<String>, PackageError> {
        names(&self.packages)
    }
}

fn names(folder: &Path) -> Result<Vec<String>, PackageError> {
    let read = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let mut names = read().map_err(PackageError::io("read", folder))?;
    names.sort_unstable();
    Ok(names)
}

/// Removes the folder of a package: the journal first, so that half a removal never looks like a package.
pub(crate) fn remove(folder: &Path) -> Result<(), PackageError> {
    let journal = folder.join(journal::FILE);
    match std::fs::remove_file(&journal) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(PackageError::Io { action: "remove", path: journal, source: error });
        }
        _ => {}
    }
    std::fs::remove_dir_all(folder).map_err(PackageError::io("remove", folder))
}
