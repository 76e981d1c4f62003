//! A package that can be loaded.

use std::path::Path;

use arrow::record_batch::RecordBatch;
use catchment_schema::is_cursor_table;
use indexmap::IndexMap;

use crate::folder::LockedFolder;
use crate::{CursorEntriesHeader, LoadMarker, PackageError, PackageFooter, PackageHeader, Segment, segment};

/// A finished package: rows, and the schema and state to store with them.
#[derive(Debug)]
pub struct SealedPackage {
    folder: LockedFolder,
    header: PackageHeader,
    segments: Vec<Segment>,
    /// Those with entries of cursors.
    cursor_segments: Vec<Segment>,
    cursor_rows: Vec<CursorEntriesHeader>,
    seal: PackageFooter,
}

impl SealedPackage {
    pub(crate) fn new(
        folder: LockedFolder,
        header: PackageHeader,
        segments: Vec<Segment>,
        (seal, cursor_rows): (PackageFooter, Vec<CursorEntriesHeader>),
    ) -> Self {
        let (cursor_segments, segments) = segments.into_iter().partition(|segment: &Segment| is_cursor_table(&segment.table));
        SealedPackage { folder, header, segments, cursor_segments, cursor_rows, seal }
    }

    /// What it is about.
    pub fn header(&self) -> &PackageHeader {
        &self.header
    }

    /// The schema and state to store with its rows.
    pub fn footer(&self) -> &PackageFooter {
        &self.seal
    }

    /// The folder that it is in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its files, in the order in which they are to be loaded.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The cursors of which it has entries that the state has no room for, or of which such entries are deleted.
    pub fn cursor_entries(&self) -> &[CursorEntriesHeader] {
        &self.cursor_rows
    }

    /// The files with those entries, as rows of the tables of [`cursor_table`](crate::cursor_table).
    pub fn cursor_segments(&self) -> &[Segment] {
        &self.cursor_segments
    }

    /// The rows that it has for each table, in the order of the first ones.
    pub fn row_counts(&self) -> IndexMap<String, u64> {
        row_counts(&self.segments)
    }

    /// Begins a load of the package: the file that it leaves behind if it ends the process tells the next one.
    pub fn mark_loading(&self) -> LoadMarker {
        LoadMarker::header(self.folder.path())
    }

    /// The rows of a segment, in batches of at most `max_bytes` of values; a row that is larger is a batch alone.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is not what was written.
    pub fn read(
        &self,
        segment: &Segment,
        max_bytes: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, PackageError>> + use<>, PackageError> {
        segment::read(self.folder.path(), segment, max_bytes)
    }
}

/// The rows that segments have for each table, in the order of the first ones.
pub(crate) fn row_counts(segments: &[Segment]) -> IndexMap<String, u64> {
    let mut counts = IndexMap::new();
    for segment in segments.iter().filter(|segment| !is_cursor_table(&segment.table)) {
        *counts.entry(segment.table.clone()).or_default() += segment.rows;
    }
    counts
}
