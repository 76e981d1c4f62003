//! The store of packages of a pipeline.

use std::path::{Path, PathBuf};

use catchment_schema::Schema;

use crate::fail_point;
use crate::failed_packages::FailedPackage;
use crate::folder::{self, LockedFolder, remove};
use crate::journal::{self, Journal};
use crate::lock::PackageLock;
use crate::package_queue::{self, FolderListing, PackageQueue};
use crate::writer::{PackageWriter, WriterOptions};
use crate::{ExtractedPackage, ExtractedWriter, PackageError, PackageHeader, ResumableExtract, SealedPackage, extracted, pages};

/// A store of packages in a working directory.
///
/// `extracted/LOAD_ID` holds rows to normalize, `packages/LOAD_ID` a package to load, and `aside/LOAD_ID` a failed package
/// with the reason in `reason.txt`. A folder is removed once the next stage has processed it. Unrecognized files and folders
/// are ignored.
#[derive(Debug, Clone)]
pub struct PackageStore {
    working_dir: PathBuf,
}

/// A package that an earlier run did not load.
#[derive(Debug)]
pub enum PendingPackage {
    /// A package that can be loaded.
    Sealed(Box<SealedPackage>),
    /// An incomplete package that was deleted.
    Discarded {
        /// The load id.
        load_id: String,
    },
    /// A corrupt package that was moved to the failed packages.
    Failed(FailedPackage),
}

/// Rows that an earlier run extracted but did not normalize.
#[derive(Debug)]
pub enum PendingExtract {
    /// An extract that can be normalized.
    Complete(Box<ExtractedPackage>),
    /// A corrupt extract that was moved to the failed packages.
    Failed(FailedPackage),
}

impl PackageStore {
    /// Opens the store in `working_dir` and creates the folder if it is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created.
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

    /// Locks the store while folders are created or listed, so that no process uses a folder before its creator locks it.
    pub(crate) fn lock(&self) -> Result<PackageLock, PackageError> {
        PackageLock::acquire(&self.lock_file())
    }

    fn lock_file(&self) -> PathBuf {
        self.working_dir.join("packages.lock")
    }

    /// Creates a package.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created or a package with this load id exists.
    pub fn create_package(&self, header: PackageHeader, options: WriterOptions) -> Result<PackageWriter, PackageError> {
        let folder = self.make_folder(PackageQueue::Normalized, &header.load_id)?;
        PackageWriter::create(folder, header, options)
    }

    /// Creates an extract for rows that are normalized later, with the declared `schema`.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be created or an extract with this load id exists.
    pub fn create_extract(&self, header: &PackageHeader, schema: &Schema) -> Result<ExtractedWriter, PackageError> {
        let folder = self.make_folder(PackageQueue::Extracted, &header.load_id)?;
        ExtractedWriter::create(folder, header, schema)
    }

    /// Creates and locks the folder of a load id. Deletes an incomplete folder of a crashed process and moves a corrupt one
    /// to the failed packages.
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
        fail_point!("package::folder_created");
        Ok(LockedFolder::new(path, lock, self.lock_file()))
    }

    /// Returns extracts to normalize, oldest first.
    ///
    /// Skips extracts that another process has locked or that can be resumed. Deletes other incomplete extracts and moves
    /// corrupt ones to the failed packages.
    ///
    /// # Errors
    ///
    /// Returns an error if an extract cannot be read or was written by a later version.
    pub fn pending_extracts(&self) -> Result<Vec<PendingExtract>, PackageError> {
        let _lock = self.lock()?;
        let mut pending = Vec::new();
        for load_id in self.names(PackageQueue::Extracted)?.packages {
            let folder = self.folder(PackageQueue::Extracted).join(&load_id);
            let Some(lock) = PackageLock::try_acquire(&folder)? else { continue };
            match ExtractedPackage::open(LockedFolder::new(folder.clone(), lock, self.lock_file()).into_persistent()) {
                Ok(Some(extracted)) => pending.push(PendingExtract::Complete(Box::new(extracted))),
                Ok(None) if folder.join(extracted::RESUMABLE).exists() => {}
                Ok(None) => remove(&folder)?,
                Err(error) if error.is_corrupt() => {
                    pending.push(PendingExtract::Failed(self.move_folder_to_failed(&folder, &load_id, error.to_string())?));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(pending)
    }

    /// Returns incomplete extracts that can be resumed, newest first. Skips those that another process has locked.
    ///
    /// # Errors
    ///
    /// Returns an error if an extract cannot be read or was written by a later version.
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
                // Nothing is usable without the first line.
                Err(error) if error.is_corrupt() => remove(&folder)?,
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Returns true if a sealed package with this load id exists, so its extract has been normalized. A corrupt package does
    /// not count, because it can be built again.
    ///
    /// # Errors
    ///
    /// Returns an error if the journal cannot be read.
    pub fn is_sealed(&self, load_id: &str) -> Result<bool, PackageError> {
        match is_complete(&self.folder(PackageQueue::Normalized).join(load_id)) {
            Err(error) if error.is_corrupt() => Ok(false),
            result => result,
        }
    }

    /// Removes an extract that has been normalized.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be removed. The extract may then be normalized again, but its package is loaded
    /// only once.
    pub fn remove_normalized(&self, extracted: ExtractedPackage) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        // Another run may have loaded the package, and removed the extract with it.
        if extracted.folder().exists() { remove(extracted.folder()) } else { Ok(()) }
    }

    /// Returns the packages that earlier runs did not load, oldest first.
    ///
    /// Skips packages that another process has locked. Deletes incomplete packages and moves those with a corrupt journal to
    /// the failed packages.
    ///
    /// # Errors
    ///
    /// Returns an error if a journal cannot be read or was written by a later version.
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

    /// Removes a package that has been loaded or is not needed, and its extract, which a process that was killed after it
    /// sealed the package may have left. A run that resumed the extract would load its rows again.
    ///
    /// # Errors
    ///
    /// Returns an error if a folder cannot be removed. The package may then be loaded again, which changes nothing.
    pub fn remove_package(&self, package: &SealedPackage) -> Result<(), PackageError> {
        let _lock = self.lock()?;
        self.remove_leftover_extract(package)?;
        remove(package.folder())
    }

    /// Removes the extract of a sealed package. The caller holds the lock of the store.
    pub(crate) fn remove_leftover_extract(&self, package: &SealedPackage) -> Result<(), PackageError> {
        let extract = self.folder(PackageQueue::Extracted).join(&package.header().load_id);
        if extract.exists() { remove(&extract) } else { Ok(()) }
    }

    /// Returns the folder names of a queue, oldest first: load ids, among the failed packages with a suffix such as `_2` if
    /// several packages with one load id failed.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be read.
    pub fn load_ids(&self, queue: PackageQueue) -> Result<Vec<String>, PackageError> {
        Ok(self.names(queue)?.packages)
    }

    /// Returns the greatest load id in the store, so that a greater one can be chosen.
    ///
    /// # Errors
    ///
    /// Returns an error if a folder cannot be read.
    pub fn last_load_id(&self) -> Result<Option<String>, PackageError> {
        let mut last = None;
        for queue in PackageQueue::ALL {
            let names = self.names(queue)?.packages;
            last = last.max(names.iter().map(|name| package_queue::load_id(name).to_owned()).max());
        }
        Ok(last)
    }
}

/// Returns true if a folder contains a sealed package or a complete extract.
fn is_complete(folder: &Path) -> Result<bool, PackageError> {
    Ok(folder.join(pages::FILE).exists() || journal::read(folder)?.is_some_and(|journal| journal.seal.is_some()))
}
