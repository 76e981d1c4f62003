//! Extractions that another run can go on with.

use std::collections::BTreeMap;

use crate::extracted::RESUMABLE;
use crate::folder::LockedFolder;
use crate::pages::ExtractReader;
use crate::{ExtractedRecord, PackageError, PackageHeader};

/// Rows of a source that was not read to its end. Dropping it leaves it where it is.
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

    /// What it is about.
    pub fn header(&self) -> &PackageHeader {
        &self.header
    }

    /// Gives to `take` what counts of it: of each tree of resources all up to its last checkpoint. What came after that will
    /// come again.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, and those of `take`.
    pub fn read<E: From<PackageError>>(&self, take: &mut dyn FnMut(ExtractedRecord) -> Result<(), E>) -> Result<(), E> {
        let last = self.last_checkpoints()?;
        let mut pages = open(&self.folder)?;
        let mut number = 0;
        while let Some(record) = next(&mut pages)? {
            let tree = match &record {
                ExtractedRecord::Page(page) => &page.root,
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

    /// The number of the last checkpoint of each tree of resources among the records.
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

    /// Removes it.
    pub fn discard(self) {
        self.folder.discard();
    }
}

fn open(folder: &LockedFolder) -> Result<ExtractReader, PackageError> {
    let gone = || PackageError::Corrupt { path: folder.path().join(RESUMABLE), problem: "it is missing".to_owned() };
    ExtractReader::open_file(folder.path(), RESUMABLE)?.ok_or_else(gone)
}

/// The next record; none where the file ends, be it in the middle of a line: nothing after a line that was torn counts.
fn next(pages: &mut ExtractReader) -> Result<Option<ExtractedRecord>, PackageError> {
    match pages.next_record() {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.is_corrupt() => Ok(None),
        Err(error) => Err(error),
    }
}
