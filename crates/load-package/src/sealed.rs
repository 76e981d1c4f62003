//! Sealed packages.

use std::path::Path;

use arrow::record_batch::RecordBatch;
use catchment_schema::is_cursor_table;
use indexmap::IndexMap;

use crate::folder::LockedFolder;
use crate::{CursorEntriesHeader, LoadMarker, PackageError, PackageFooter, PackageHeader, Segment, segment};

/// A sealed package: rows, and the schema and state to store with them.
#[derive(Debug)]
pub struct SealedPackage {
    folder: LockedFolder,
    header: PackageHeader,
    segments: Vec<Segment>,
    /// The segments with cursor entries.
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

    /// Returns the header.
    pub fn header(&self) -> &PackageHeader {
        &self.header
    }

    /// Returns the schema and state to store with the rows.
    pub fn footer(&self) -> &PackageFooter {
        &self.seal
    }

    /// Returns the folder of the package.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the segments with rows, in load order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the cursors whose entries outside the state the package adds or deletes.
    pub fn cursor_entries(&self) -> &[CursorEntriesHeader] {
        &self.cursor_rows
    }

    /// Returns the segments with cursor entries, as rows of the tables of [`cursor_table`](crate::cursor_table).
    pub fn cursor_segments(&self) -> &[Segment] {
        &self.cursor_segments
    }

    /// Returns the row count of each table, in the order of its first row.
    pub fn row_counts(&self) -> IndexMap<String, u64> {
        row_counts(&self.segments)
    }

    /// Marks the package as loading. If the process crashes, the marker file remains and the next load reads it.
    pub fn mark_loading(&self) -> LoadMarker {
        LoadMarker::create(self.folder.path())
    }

    /// Reads the rows of a segment in batches of at most `max_bytes` of values. A larger row is a batch of one row.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or is corrupt.
    pub fn read(
        &self,
        segment: &Segment,
        max_bytes: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, PackageError>> + use<>, PackageError> {
        segment::read(self.folder.path(), segment, max_bytes)
    }
}

/// Returns the row count of each table in `segments`, in the order of its first row.
pub(crate) fn row_counts(segments: &[Segment]) -> IndexMap<String, u64> {
    let mut counts = IndexMap::new();
    for segment in segments.iter().filter(|segment| !is_cursor_table(&segment.table)) {
        *counts.entry(segment.table.clone()).or_default() += segment.rows;
    }
    counts
}
