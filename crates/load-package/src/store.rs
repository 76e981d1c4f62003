//! The packages of a pipeline.

use std::path::{Path, PathBuf};

use catchment_schema::Schema;

use crate::failed_packages::FailedPackage;
use crate::folder::{self, LockedFolder, remove};
use crate::journal::{self, Journal};
use crate::lock::PackageLock;
use crate::package_queue::{self, FolderListing, PackageQueue};
use crate::writer::{PackageWriter, WriterOptions};
use crate::{ExtractedPackage, ExtractedWriter, PackageError, PackageHeader, ResumableExtract, SealedPackage, extracted, pages};

/// The packages in a working directory.
///
/// `extracted/LOAD_ID` are rows that are to be normalised, `packages/LOAD_ID` packages at work, `aside/LOAD_ID` those
/// that could not be loaded, with the reason in `reason.txt`. What went on to the next stage is removed. Files and folders
/// of others there are left alone.
#[derive(Debug, Clone)]
pub struct PackageStore {
    working_dir: PathBuf,
}

/// A package that an earlier run left behind.
#[derive(Debug)]
pub enum PendingPackage {
    /// It can be loaded.
    Sealed(Box<SealedPackage>),
    /// It was never finished, and has been thrown away.
    Discarded {
        /// Its load id.
        load_id: String,
    },
    /// It is damaged, and was moved out of the way.
    Failed(FailedPackage),
}

/// Rows that an earlier run left behind.
#[derive(Debug)]
pub enum PendingExtract {
    /// They can be normalised.
    Complete(Box<ExtractedPackage>),
    /// They are damaged, and were moved out of the way.
    Failed(FailedPackage),
}

impl PackageStore {
    /// The store in `working_dir`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// Where it cannot be made.
    pub fn open(working_dir: &Path) -> Result<PackageStore, PackageError> {
        let store = PackageStore { working_dir: working_dir.to_owned() };
        let packages = store.folder(PackageQueue::Normalized);
        std::fs::create_dir_all(&packages).map_err(PackageError::io("create", &packages))?;
        Ok(store)
    }

    pub(crate) fn working_dir(&self) -> &Path {
        &self.working_dir
    }

    pub(crate) fn folder(&self, queue: PackageQueue) -> PathBuf {
        self.working_dir.join(queue.folder())
    }

    pub(crate) fn names(&self, queue: PackageQueue) -> Result<FolderListing, PackageError> {
        package_queue::scan(&self.working_dir, queue)
    }

    /// Held while packages are made or looked for, so that nobody takes a folder that its maker has not locked yet.
    pub(crate) fn lock(&self) -> Result<PackageLock, PackageError> {
        PackageLock::acquire(&self.lock_file())
    }

    fn lock_file(&self) -> PathBuf {
        self.working_dir.join("packages.lock")
    }

    /// Begins a package.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be made, or there is one of that load id.
    pub fn create_package(&self, header: PackageHeader, options: WriterOptions) -> Result<PackageWriter, PackageError> {
        let folder = self.make_folder(PackageQueue::Normalized, &header.load_id)?;
        PackageWriter::create(folder, header, options)
    }

    /// Begins to keep the rows of a source, which are to be normalised later, under `schema` as it is declared.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be made, or there is one of that load id.
    pub fn create_extract(&self, header: &PackageHeader, schema: &Schema) -> Result<ExtractedWriter, PackageError> {
        let folder = self.make_folder(PackageQueue::Extracted, &header.load_id)?;
        ExtractedWriter::create(folder, header, schema)
    }

    /// Makes the folder of a load id, locked. What a process that died has left of it unfinished makes way, and what is
    /// damaged is set aside.
    fn make_folder(&self, queue: PackageQueue, load_id: &str) -> Result<LockedFolder, PackageError> {
        let _lock = self.lock()?;
        let parent = self.folder(queue);
        std::fs::create_dir_all(&parent).map_err(PackageError::io("create", &parent))?;
        let path = parent.join(load_id);
        if path.exists() && PackageLock::try_acquire(&path)?.is_some() {
            match is_complete(&path) {
                Ok(true) => return Err(PackageError::AlreadyExists { path }),
                Ok(false) => remove(&path)?,
                Err(error) if error.is_corrupt() => drop(self.move_folder_to_failed(&path, load_id, error.to_string())?),
                Err(error) => return Err(error),
            }
        }
        std::fs::create_dir(&path).map_err(PackageError::io("create", &path))?;
        let lock = PackageLock::acquire_or_err(&path)?;
        folder::sync(&parent)?;
        #[cfg(feature = "failpoints")]
        fail::fail_point!("package::folder_made");
        Ok(LockedFolder::new(path, lock, self.lock_file()))
    }

    /// What waits to be normalised, oldest first. What a living process is at work on is left out, and so is what can be
    /// gone on with; else what was never finished is removed, and what is damaged is set aside.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or was written by a later version.
    pub fn pending_extracts(&self) -> Result<Vec<PendingExtract>, PackageError> {
        let _lock = self.lock()?;
        let mut waiting = Vec::new();
        for load_id in self.names(PackageQueue::Extracted)?.packages {
            let folder = self.folder(PackageQueue::Extracted).join(&load_id);
            let Some(lock) = PackageLock::try_acquire(&folder)? else { continue };
            match ExtractedPackage::open(LockedFolder::new(folder.clone(), lock, self.lock_file()).into_persistent()) {
                Ok(Some(extracted)) => waiting.push(PendingExtract::Complete(Box::new(extracted))),
                Ok(None) if folder.join(extracted::RESUMABLE).exists() => {}
                Ok(None) => remove(&folder)?,
                Err(error) if error.is_corrupt() => {
                    waiting.push(PendingExtract::Failed(self.move_folder_to_failed(&folder, &load_id, error.to_string())?));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(waiting)
    }

    /// Extractions that were not finished and can be gone on with, the latest first. Those that a living process is at work
    /// on are left out.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or was written by a later version.
    pub fn resumable_extracts(&self) -> Result<Vec<ResumableExtract>, PackageError> {
        let _lock = self.lock()?;
        let mut found = Vec::new();
        for load_id in self.names(PackageQueue::Extracted)?.packages.into_iter().rev() {
            let folder = self.folder(PackageQueue::Extracted).join(&load_id);
            if !folder.join(extracted::RESUMABLE).exists() {
                continue;
            }
            let Some(lock) = PackageLock::try_acquire(&folder)? else { continue };
            match ResumableExtract::open(LockedFolder::new(folder.clone(), lock, self.lock_file()).into_persistent()) {
                Ok(resumable) => found.push(resumable),
                // Without its first line nothing of it can be used.
                Err(error) if error.is_corrupt() => remove(&folder)?,
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Whether there is a sealed package of that load id, so that what it was made of has been dealt with. A damaged one is
    /// none: it can be made again.
    ///
    /// # Errors
    ///
    /// Where its journal cannot be read.
    pub fn is_sealed(&self, load_id: &str) -> Result<bool, PackageError> {
        match is_complete(&self.folder(PackageQueue::Normalized).join(load_id)) {
            Err(error) if error.is_corrupt() => Ok(false),
            result => result,
        }
    }

    /// Removes what has been normalised.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be removed; it may be normalised again then, and the package of it is loaded once.
    pub fn remove_normalized(&self, extracted: ExtractedPackage) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        remove(extracted.folder())
    }

    /// The packages that earlier runs left behind, oldest first. Those that a living process is at work on are left out;
    /// those that were never finished are removed, and those whose journal is damaged are set aside.
    ///
    /// # Errors
    ///
    /// Where a journal cannot be read, or was written by a later version.
    pub fn pending_packages(&self) -> Result<Vec<PendingPackage>, PackageError> {
        let _lock = self.lock()?;
        let mut pending = Vec::new();
        for load_id in self.names(PackageQueue::Normalized)?.packages {
            let folder = self.folder(PackageQueue::Normalized).join(&load_id);
            let Some(lock) = PackageLock::try_acquire(&folder)? else { continue };
            match journal::read(&folder) {
                Ok(Some(Journal { header, segments, seal: Some(seal) })) => {
                    let folder = LockedFolder::new(folder, lock, self.lock_file()).into_persistent();
                    let package = SealedPackage::new(folder, header, segments, seal);
                    pending.push(PendingPackage::Sealed(Box::new(package)));
                }
                Ok(_) => {
                    remove(&folder)?;
                    pending.push(PendingPackage::Discarded { load_id });
                }
                Err(error) if error.is_corrupt() => {
                    pending.push(PendingPackage::Failed(self.move_folder_to_failed(&folder, &load_id, error.to_string())?));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(pending)
    }

    /// Removes a package that has been loaded.
    ///
    /// # Errors
    ///
    /// Where its folder cannot be removed; it may be loaded again then, which changes nothing.
    pub fn remove_loaded(&self, package: SealedPackage) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        remove(package.folder())
    }

    /// The load ids of what is in a folder of the store, oldest first; in `aside` with `_2` and so on where several of one
    /// were set aside.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn load_ids(&self, queue: PackageQueue) -> Result<Vec<String>, PackageError> {
        Ok(self.names(queue)?.packages)
    }

    /// The greatest load id that there is anything of, so that a later one can be chosen.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be read.
    pub fn last_load_id(&self) -> Result<Option<String>, PackageError> {
        let mut last = None;
        for queue in PackageQueue::ALL {
            let names = self.names(queue)?.packages;
            last = last.max(names.iter().map(|name| package_queue::load_id(name).to_owned()).max());
        }
        Ok(last)
    }
}

/// Whether what is in a folder counts: a sealed package, or all rows of an extraction.
fn is_complete(folder: &Path) -> Result<bool, PackageError> {
    Ok(folder.join(pages::FILE).exists() || journal::read(folder)?.is_some_and(|journal| journal.seal.is_some()))
}
