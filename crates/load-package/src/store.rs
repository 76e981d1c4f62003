//! The packages of a pipeline.

use std::path::{Path, PathBuf};

use catchment_schema::Schema;

use crate::extracted;
use crate::folder::{self, LockedFolder, remove};
use crate::journal;
use crate::lock::Lock;
use crate::writer::{PackageWriter, WriterOptions};
use crate::{Begin, Extracted, ExtractedWriter, PackageError, SealedPackage};

/// The packages in a working directory.
///
/// `extracted/LOAD_ID` are rows that are to be normalised, `packages/LOAD_ID` packages at work, `aside/LOAD_ID` those
/// that could not be loaded, with the reason in `reason.txt`. What went on to the next stage is removed.
#[derive(Debug, Clone)]
pub struct PackageStore {
    extracted: PathBuf,
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
            extracted: working_dir.join("extracted"),
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
        let folder = self.make_folder(&self.packages, &begin.load_id)?;
        PackageWriter::create(folder, begin, options)
    }

    /// Begins to keep the rows of a source, which are to be normalised later, under `schema` as it is declared.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be made, or there is one of that load id.
    pub fn create_extracted(&self, begin: &Begin, schema: &Schema) -> Result<ExtractedWriter, PackageError> {
        let folder = self.make_folder(&self.extracted, &begin.load_id)?;
        ExtractedWriter::create(folder, begin, schema)
    }

    /// What waits to be normalised, oldest first. What a living process is at work on is left out; what was never
    /// finished is removed.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or is damaged.
    pub fn extracted(&self) -> Result<Vec<Extracted>, PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        let mut waiting = Vec::new();
        for load_id in names(&self.extracted)? {
            let folder = self.extracted.join(&load_id);
            let Some(lock) = Lock::take(&folder)? else { continue };
            match Extracted::open(LockedFolder::new(folder.clone(), lock, self.lock.clone()).kept())? {
                Some(extracted) => waiting.push(extracted),
                None => remove(&folder)?,
            }
        }
        Ok(waiting)
    }

    /// Whether there is a sealed package of that load id, so that what it was made of has been dealt with.
    ///
    /// # Errors
    ///
    /// Where its journal cannot be read.
    pub fn is_sealed(&self, load_id: &str) -> Result<bool, PackageError> {
        is_complete(&self.packages.join(load_id))
    }

    /// The greatest load id that there is anything of, so that a later one can be chosen.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be read.
    pub fn last_load_id(&self) -> Result<Option<String>, PackageError> {
        let [extracted, packages, aside] = [&self.extracted, &self.packages, &self.aside].map(|folder| names(folder));
        Ok([extracted?, packages?, aside?].concat().into_iter().max())
    }

    /// Makes the folder of a load id, locked. What a process that died has left of it unfinished makes way.
    fn make_folder(&self, parent: &Path, load_id: &str) -> Result<LockedFolder, PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        std::fs::create_dir_all(parent).map_err(PackageError::io("create", parent))?;
        let path = parent.join(load_id);
        if path.exists() && !is_complete(&path)? && Lock::take(&path)?.is_some() {
            remove(&path)?;
        }
        std::fs::create_dir(&path).map_err(PackageError::io("create", &path))?;
        let lock = Lock::take(&path)?.ok_or_else(|| PackageError::InUse { path: path.clone() })?;
        folder::sync(parent)?;
        Ok(LockedFolder::new(path, lock, self.lock.clone()))
    }

    /// Removes what has been normalised.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be removed; it may be normalised again then, and the package of it is loaded once.
    pub fn complete_extracted(&self, extracted: Extracted) -> Result<(), PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        remove(extracted.folder())
    }

    /// Moves what cannot be normalised out of the way, with the reason. Returns where it is.
    ///
    /// # Errors
    ///
    /// Where it cannot be moved.
    pub fn set_extracted_aside(&self, extracted: Extracted, reason: &str) -> Result<PathBuf, PackageError> {
        self.move_aside(extracted.folder(), &extracted.begin().load_id, reason)
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
                    let folder = LockedFolder::new(folder, lock, self.lock.clone()).kept();
                    let package = SealedPackage::new(folder, begin, segments, seal);
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
        let _lock = Lock::wait(&self.lock)?;
        remove(package.folder())
    }

    /// Moves a package that cannot be loaded out of the way, with the reason. Returns where it is.
    ///
    /// # Errors
    ///
    /// Where it cannot be moved.
    pub fn set_aside(&self, package: SealedPackage, reason: &str) -> Result<PathBuf, PackageError> {
        self.move_aside(package.folder(), &package.begin().load_id, reason)
    }

    fn move_aside(&self, folder: &Path, load_id: &str, reason: &str) -> Result<PathBuf, PackageError> {
        let _lock = Lock::wait(&self.lock)?;
        let note = folder.join("reason.txt");
        std::fs::write(&note, reason).map_err(PackageError::io("write", &note))?;
        std::fs::create_dir_all(&self.aside).map_err(PackageError::io("create", &self.aside))?;
        // One of that load id may have been set aside before, at an earlier stage.
        let names = std::iter::once(load_id.to_owned()).chain((2..).map(|again| format!("{load_id}_{again}")));
        let target = names.map(|name| self.aside.join(name)).find(|target| !target.exists()).unwrap_or_default();
        std::fs::rename(folder, &target).map_err(PackageError::io("move to", &target))?;
        Ok(target)
    }

    /// The load ids of the packages that were set aside, oldest first.
    ///
    /// # Errors
    ///
    /// Where their folder cannot be read.
    pub fn aside(&self) -> Result<Vec<String>, PackageError> {
        names(&self.aside)
    }

    /// The load ids of what is being extracted or waits to be normalised, oldest first.
    ///
    /// # Errors
    ///
    /// Where their folder cannot be read.
    pub fn extracted_load_ids(&self) -> Result<Vec<String>, PackageError> {
        names(&self.extracted)
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

/// Whether what is in a folder counts: a sealed package, or all rows of an extraction.
fn is_complete(folder: &Path) -> Result<bool, PackageError> {
    Ok(extracted::is_complete(folder) || journal::read(folder)?.is_some_and(|journal| journal.seal.is_some()))
}

/// The names in a folder, sorted; none where it does not exist.
fn names(folder: &Path) -> Result<Vec<String>, PackageError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let read = || -> std::io::Result<Vec<String>> {
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    };
    let mut names = read().map_err(PackageError::io("read", folder))?;
    names.sort_unstable();
    Ok(names)
}
