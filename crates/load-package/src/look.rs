//! Looking at what is in a store, which changes nothing and locks nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use indexmap::IndexMap;

use crate::journal::{self, Journal};
use crate::pages::Pages;
use crate::place::REASON;
use crate::sealed::row_counts;
use crate::{Begin, ExtractedRecord, PackageError, PackageStore, Place, Seal, Segment};

/// What one folder of a store holds, as it was at one moment.
#[derive(Debug)]
pub struct Stored {
    /// The name of the folder: the load id, with `_2` and so on where several of one were set aside.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The folder.
    pub path: PathBuf,
    /// The bytes of its files.
    pub bytes: u64,
    /// Why it was set aside, if it was.
    pub reason: Option<String>,
    /// What is in it.
    pub content: Content,
}

/// What a folder of a store holds.
#[derive(Debug)]
pub enum Content {
    /// Rows that wait to be normalised.
    Rows(Box<Begin>),
    /// A package that is sealed.
    Package {
        /// What it is about.
        begin: Box<Begin>,
        /// Its files.
        segments: Vec<Segment>,
        /// What is stored with its rows.
        seal: Box<Seal>,
    },
    /// What is being written, or was never finished.
    Unfinished,
    /// What cannot be read, and why.
    Unreadable(PackageError),
}

impl PackageStore {
    /// What is in a folder of the store, oldest first. Nothing is changed or locked for it, so what is at work may be seen
    /// unfinished.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn look(&self, place: Place) -> Result<Vec<Stored>, PackageError> {
        let folder = self.folder(place);
        let names = self.names(place)?.ours.into_iter();
        names.filter_map(|name| Stored::look(folder.join(&name), name, place).transpose()).collect()
    }

    /// What is in `extracted` and `packages` and is no package: files and folders of others, which are left alone.
    ///
    /// # Errors
    ///
    /// Where a folder cannot be read.
    pub fn foreign(&self) -> Result<Vec<PathBuf>, PackageError> {
        let mut foreign = Vec::new();
        for place in [Place::Extracted, Place::Packages] {
            let folder = self.folder(place);
            foreign.extend(self.names(place)?.foreign.iter().map(|name| folder.join(name)));
        }
        Ok(foreign)
    }
}

impl Stored {
    /// Looks at a folder; none where it has gone meanwhile.
    fn look(path: PathBuf, name: String, place: Place) -> Result<Option<Stored>, PackageError> {
        let bytes = match bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PackageError::Io { action: "read", path, source }),
        };
        let reason = std::fs::read_to_string(path.join(REASON)).ok().filter(|_| place == Place::Aside);
        let content = content(&path).unwrap_or_else(Content::Unreadable);
        Ok(Some(Stored { name, place, path, bytes, reason, content }))
    }

    /// What it is about; none where it is not finished, or cannot be read.
    pub fn begin(&self) -> Option<&Begin> {
        match &self.content {
            Content::Rows(begin) | Content::Package { begin, .. } => Some(begin),
            Content::Unfinished | Content::Unreadable(_) => None,
        }
    }

    /// What was noticed while its rows were normalised; null where nothing was, or they are not.
    pub fn findings(&self) -> Value {
        match &self.content {
            Content::Package { seal, .. } => seal.findings.clone(),
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
            Content::Rows(_) => count(&self.path),
            Content::Package { segments, .. } => Ok(row_counts(segments)),
            Content::Unfinished | Content::Unreadable(_) => Ok(IndexMap::new()),
        }
    }
}

fn content(path: &Path) -> Result<Content, PackageError> {
    if let Some(pages) = Pages::open(path)? {
        return Ok(Content::Rows(Box::new(pages.begin)));
    }
    Ok(match journal::read(path)? {
        Some(Journal { begin, segments, seal: Some((seal, _)) }) => {
            Content::Package { begin: Box::new(begin), segments, seal: Box::new(seal) }
        }
        _ => Content::Unfinished,
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
    let Some(mut pages) = Pages::open(path)? else { return Ok(counts) };
    loop {
        match pages.next_record()? {
            ExtractedRecord::Page(page) => *counts.entry(page.table).or_default() += page.rows.ids.len() as u64,
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { .. } => return Ok(counts),
        }
    }
}
