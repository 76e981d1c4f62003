//! A package that can be loaded.

use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;

use crate::lock::Lock;
use crate::{Begin, PackageError, Seal, Segment, segment};

/// A finished package: rows, and the schema and state to store with them.
#[derive(Debug)]
pub struct SealedPackage {
    pub(crate) folder: PathBuf,
    _lock: Lock,
    begin: Begin,
    segments: Vec<Segment>,
    seal: Seal,
}

impl SealedPackage {
    pub(crate) fn new(folder: PathBuf, lock: Lock, begin: Begin, segments: Vec<Segment>, seal: Seal) -> Self {
        SealedPackage { folder, _lock: lock, begin, segments, seal }
    }

    /// What it is about.
    pub fn begin(&self) -> &Begin {
        &self.begin
    }

    /// The schema and state to store with its rows.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its files, in the order in which they are to be loaded.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The rows that it has for each table, in the order of the first ones.
    pub fn row_counts(&self) -> Vec<(String, u64)> {
        let mut counts: Vec<(String, u64)> = Vec::new();
        for segment in &self.segments {
            match counts.iter_mut().find(|(table, _)| *table == segment.table) {
                Some((_, rows)) => *rows += segment.rows,
                None => counts.push((segment.table.clone(), segment.rows)),
            }
        }
        counts
    }

    /// The rows of a segment.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is not what was written.
    pub fn read(&self, segment: &Segment) -> Result<Vec<RecordBatch>, PackageError> {
        segment::read(&self.folder, segment)
    }
}
