//! Read-only inspection of a store, without locks.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use indexmap::IndexMap;

use crate::journal::{self, Journal};
use crate::package_queue::REASON;
use crate::pages::ExtractReader;
use crate::sealed::row_counts;
use crate::{ExtractedRecord, PackageError, PackageFooter, PackageHeader, PackageQueue, PackageStore, Segment};

/// A snapshot of one package folder.
#[derive(Debug)]
pub struct PackageEntry {
    /// The name of the folder: the load id, with a suffix such as `_2` if several packages with one load id failed.
    pub name: String,
    /// The queue of the package.
    pub queue: PackageQueue,
    /// The folder.
    pub path: PathBuf,
    /// The total size of the files in bytes.
    pub bytes: u64,
    /// The reason of the failure, for failed packages.
    pub reason: Option<String>,
    /// The content of the folder.
    pub content: PackageContent,
}

/// The content of a package folder.
#[derive(Debug)]
pub enum PackageContent {
    /// Extracted rows to normalize.
    Extracted(Box<PackageHeader>),
    /// A sealed package.
    Sealed {
        /// The header.
        header: Box<PackageHeader>,
        /// The segments.
        segments: Vec<Segment>,
        /// The schema and state to store with the rows.
        seal: Box<PackageFooter>,
    },
    /// A package or extract that is being written or was never completed.
    Incomplete,
    /// A package or extract that cannot be read, with the error.
    Corrupt(PackageError),
}

impl PackageStore {
    /// Returns the packages of a queue, oldest first.
    ///
    /// Takes no locks and changes nothing, so a package that another process is writing may appear incomplete.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be read.
    pub fn inspect(&self, queue: PackageQueue) -> Result<Vec<PackageEntry>, PackageError> {
        let folder = self.folder(queue);
        let names = self.names(queue)?.packages.into_iter();
        names.filter_map(|name| PackageEntry::inspect(folder.join(&name), name, queue).transpose()).collect()
    }

    /// Returns unrecognized files and folders in `extracted` and `packages`. They are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if a folder cannot be read.
    pub fn unrecognized_files(&self) -> Result<Vec<PathBuf>, PackageError> {
        let mut unrecognized = Vec::new();
        for queue in PackageQueue::PENDING {
            let folder = self.folder(queue);
            unrecognized.extend(self.names(queue)?.unrecognized.iter().map(|name| folder.join(name)));
        }
        Ok(unrecognized)
    }
}

impl PackageEntry {
    /// Inspects a folder. Returns `None` if another process has removed it meanwhile.
    fn inspect(path: PathBuf, name: String, queue: PackageQueue) -> Result<Option<PackageEntry>, PackageError> {
        let bytes = match bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PackageError::Io { action: "read", path, source }),
        };
        let reason = std::fs::read_to_string(path.join(REASON)).ok().filter(|_| queue == PackageQueue::Failed);
        let content = content(&path).unwrap_or_else(PackageContent::Corrupt);
        Ok(Some(PackageEntry { name, queue, path, bytes, reason, content }))
    }

    /// Returns the header, or `None` if the package is incomplete or corrupt.
    pub fn header(&self) -> Option<&PackageHeader> {
        match &self.content {
            PackageContent::Extracted(header) | PackageContent::Sealed { header, .. } => Some(header),
            PackageContent::Incomplete | PackageContent::Corrupt(_) => None,
        }
    }

    /// Returns the diagnostics of normalization, or null if none are stored.
    pub fn findings(&self) -> Value {
        match &self.content {
            PackageContent::Sealed { seal, .. } => seal.findings.clone(),
            _ => Value::Null,
        }
    }

    /// Returns the row count of each table. Rows of an extract are read and counted by root table.
    ///
    /// # Errors
    ///
    /// Returns an error if an extract cannot be read or is corrupt.
    pub fn row_counts(&self) -> Result<IndexMap<String, u64>, PackageError> {
        match &self.content {
            PackageContent::Extracted(_) => count(&self.path),
            PackageContent::Sealed { segments, .. } => Ok(row_counts(segments)),
            PackageContent::Incomplete | PackageContent::Corrupt(_) => Ok(IndexMap::new()),
        }
    }
}

fn content(path: &Path) -> Result<PackageContent, PackageError> {
    if let Some(pages) = ExtractReader::open(path)? {
        return Ok(PackageContent::Extracted(Box::new(pages.header)));
    }
    Ok(match journal::read(path)? {
        Some(Journal { header, segments, seal: Some((seal, _)) }) => {
            PackageContent::Sealed { header: Box::new(header), segments, seal: Box::new(seal) }
        }
        _ => PackageContent::Incomplete,
    })
}

fn bytes(path: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        match entry?.metadata() {
            Ok(metadata) => bytes += metadata.len(),
            // renamed by another process meanwhile
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

fn count(path: &Path) -> Result<IndexMap<String, u64>, PackageError> {
    let mut counts = IndexMap::new();
    let Some(mut pages) = ExtractReader::open(path)? else { return Ok(counts) };
    loop {
        match pages.next_record()? {
            ExtractedRecord::Page(page) => *counts.entry(page.table).or_default() += page.rows.ids.len() as u64,
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { .. } => return Ok(counts),
        }
    }
}
