//! Looking at what is in a store, which changes nothing and locks nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use indexmap::IndexMap;

use crate::journal::{self, Journal};
use crate::package_queue::REASON;
use crate::pages::ExtractReader;
use crate::sealed::row_counts;
use crate::{ExtractedRecord, PackageError, PackageFooter, PackageHeader, PackageQueue, PackageStore, Segment};

/// What one folder of a store holds, as it was at one moment.
#[derive(Debug)]
pub struct PackageEntry {
    /// The name of the folder: the load id, with `_2` and so on where several of one were set aside.
    pub name: String,
    /// Where it stands.
    pub queue: PackageQueue,
    /// The folder.
    pub path: PathBuf,
    /// The bytes of its files.
    pub bytes: u64,
    /// Why it was set aside, if it was.
    pub reason: Option<String>,
    /// What is in it.
    pub content: PackageContent,
}

/// What a folder of a store holds.
#[derive(Debug)]
pub enum PackageContent {
    /// Rows that wait to be normalised.
    Extracted(Box<PackageHeader>),
    /// A package that is sealed.
    Sealed {
        /// What it is about.
        header: Box<PackageHeader>,
        /// Its files.
        segments: Vec<Segment>,
        /// What is stored with its rows.
        seal: Box<PackageFooter>,
    },
    /// What is being written, or was never finished.
    Incomplete,
    /// What cannot be read, and why.
    Corrupt(PackageError),
}

impl PackageStore {
    /// What is in a folder of the store, oldest first. Nothing is changed or locked for it, so what is at work may be seen
    /// unfinished.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn inspect(&self, queue: PackageQueue) -> Result<Vec<PackageEntry>, PackageError> {
        let folder = self.folder(queue);
        let names = self.names(queue)?.packages.into_iter();
        names.filter_map(|name| PackageEntry::inspect(folder.join(&name), name, queue).transpose()).collect()
    }

    /// What is in `extracted` and `packages` and is no package: files and folders of others, which are left alone.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be read.
    pub fn unrecognized_files(&self) -> Result<Vec<PathBuf>, PackageError> {
        let mut foreign = Vec::new();
        for queue in [PackageQueue::Extracted, PackageQueue::Normalized] {
            let folder = self.folder(queue);
            foreign.extend(self.names(queue)?.unrecognized.iter().map(|name| folder.join(name)));
        }
        Ok(foreign)
    }
}

impl PackageEntry {
    /// Looks at a folder; none where it has gone meanwhile.
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

    /// What it is about; none where it is not finished, or cannot be read.
    pub fn header(&self) -> Option<&PackageHeader> {
        match &self.content {
            PackageContent::Extracted(header) | PackageContent::Sealed { header, .. } => Some(header),
            PackageContent::Incomplete | PackageContent::Corrupt(_) => None,
        }
    }

    /// What was noticed while its rows were normalised; null where nothing was, or they are not.
    pub fn findings(&self) -> Value {
        match &self.content {
            PackageContent::Sealed { seal, .. } => seal.findings.clone(),
            _ => Value::Null,
        }
    }

    /// The rows for each table. Those that are not normalised yet are read and counted, by root table.
    ///
    /// # Errors
    ///
    /// Where they cannot be read, or are damaged.
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
            // renamed while we look
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
