//! Incomplete extracts that another run can resume.

use std::collections::BTreeMap;

use crate::extracted::RESUMABLE;
use crate::folder::LockedFolder;
use crate::pages::ExtractReader;
use crate::{ExtractedRecord, PackageError, PackageHeader};

/// An incomplete extract with at least one checkpoint. Dropping it leaves it on disk.
#[derive(Debug)]
pub struct ResumableExtract {
    folder: LockedFolder,
    header: PackageHeader,
}

impl ResumableExtract {
    pub(crate) fn open(folder: LockedFolder) -> Result<ResumableExtract, PackageError> {
        let header = open(&folder)?.header;
        Ok(ResumableExtract { folder, header })
    }

    /// Returns the header.
    pub fn header(&self) -> &PackageHeader {
        &self.header
    }

    /// Passes each record up to the last checkpoint of its resource tree to `take`. Later records are extracted again.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, and the first error of `take`.
    pub fn read<E: From<PackageError>>(&self, take: &mut dyn FnMut(ExtractedRecord) -> Result<(), E>) -> Result<(), E> {
        let last = self.last_checkpoints()?;
        let mut pages = open(&self.folder)?;
        let mut number = 0;
        while let Some(record) = next(&mut pages)? {
            let tree = match &record {
                ExtractedRecord::Page(page) => &page.tree,
                ExtractedRecord::Checkpoint { tree, .. } => tree,
                ExtractedRecord::End { .. } => break,
            };
            if last.get(tree).is_some_and(|last| number <= *last) {
                take(record)?;
            }
            number += 1;
        }
        Ok(())
    }

    /// Returns the record number of the last checkpoint of each resource tree.
    fn last_checkpoints(&self) -> Result<BTreeMap<String, usize>, PackageError> {
        let mut pages = open(&self.folder)?;
        let mut last = BTreeMap::new();
        let mut number = 0;
        while let Some(record) = next(&mut pages)? {
            if let ExtractedRecord::Checkpoint { tree, .. } = record {
                last.insert(tree, number);
            }
            number += 1;
        }
        Ok(last)
    }

    /// Deletes the extract.
    pub fn discard(self) {
        self.folder.discard();
    }
}

fn open(folder: &LockedFolder) -> Result<ExtractReader, PackageError> {
    let gone = || PackageError::Corrupt { path: folder.path().join(RESUMABLE), problem: "the file is missing".to_owned() };
    ExtractReader::open_file(folder.path(), RESUMABLE)?.ok_or_else(gone)
}

/// Reads the next record. Returns `None` at the end of the file and at a torn line, after which nothing counts.
fn next(pages: &mut ExtractReader) -> Result<Option<ExtractedRecord>, PackageError> {
    match pages.next_record() {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.is_corrupt() => Ok(None),
        Err(error) => Err(error),
    }
}
