//! Package writer.

use arrow::record_batch::RecordBatch;
use catchment_state::CursorEntryChange;
use indexmap::IndexMap;

use crate::fail_point;
use crate::folder::LockedFolder;
use crate::journal::{CursorEntriesHeader, JournalWriter, PackageFooter, PackageHeader, Segment};
use crate::sealed::SealedPackage;
use crate::{PackageError, cursor_entries, cursor_table, folder, segment};

/// Options of a [`PackageWriter`].
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// The size in bytes of rows buffered in memory before they are written to segments. Default: 32 MiB.
    pub buffer_max_bytes: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        WriterOptions { buffer_max_bytes: 32 << 20 }
    }
}

/// A package that is being written. Dropping it discards the package.
#[derive(Debug)]
pub struct PackageWriter {
    folder: LockedFolder,
    journal: JournalWriter,
    header: PackageHeader,
    segments: Vec<Segment>,
    options: WriterOptions,
    buffered: IndexMap<String, Vec<RecordBatch>>,
    buffered_bytes: usize,
    cursor_rows: Vec<CursorEntriesHeader>,
}

impl PackageWriter {
    pub(crate) fn create(folder: LockedFolder, header: PackageHeader, options: WriterOptions) -> Result<Self, PackageError> {
        let journal = JournalWriter::create(folder.path(), &header)?;
        folder::sync(folder.path())?;
        fail_point!("package::journal_created");
        let (segments, buffered) = (Vec::new(), IndexMap::new());
        Ok(PackageWriter { folder, journal, header, segments, options, buffered, buffered_bytes: 0, cursor_rows: Vec::new() })
    }

    /// Returns the header.
    pub fn header(&self) -> &PackageHeader {
        &self.header
    }

    /// Appends rows of `table`. Rows are loaded in this order.
    ///
    /// # Errors
    ///
    /// Returns an error if the buffer is full and cannot be written.
    pub fn append(&mut self, table: &str, batch: RecordBatch) -> Result<(), PackageError> {
        self.buffered_bytes += batch.get_array_memory_size();
        match self.buffered.get_mut(table) {
            Some(batches) => batches.push(batch),
            None => {
                self.buffered.insert(table.to_owned(), vec![batch]);
            }
        }
        if self.buffered_bytes >= self.options.buffer_max_bytes { self.flush() } else { Ok(()) }
    }

    /// Appends cursor entries that exceed the limit of the state.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`PackageWriter::append`].
    pub fn append_cursor_entries(&mut self, change: &CursorEntryChange) -> Result<(), PackageError> {
        let CursorEntryChange { key, replaces, entries } = change;
        self.cursor_rows.push(CursorEntriesHeader { key: key.clone(), replaces: *replaces });
        let (table, pipeline) = (cursor_table(key.kind), self.header.base_state.pipeline_name().to_owned());
        for entries in cursor_entries::batches(entries) {
            let batch = cursor_entries::batch(&table, &pipeline, key, entries);
            let batch = batch.map_err(|source| PackageError::Arrow { table: table.name.clone(), source })?;
            self.append(&table.name, batch)?;
        }
        Ok(())
    }

    /// Seals the package. From now on it is pending and is loaded by this run or the next one.
    ///
    /// # Errors
    ///
    /// Returns an error if the package cannot be written; it is then discarded.
    pub fn seal(mut self, seal: PackageFooter) -> Result<SealedPackage, PackageError> {
        self.flush()?;
        self.journal.seal(&seal, &self.cursor_rows)?;
        fail_point!("package::sealed");
        Ok(SealedPackage::new(self.folder.into_persistent(), self.header, self.segments, (seal, self.cursor_rows)))
    }

    /// Writes the buffered rows as one segment per table.
    fn flush(&mut self) -> Result<(), PackageError> {
        let from = self.segments.len();
        for (table, batches) in std::mem::take(&mut self.buffered) {
            let name = segment::file_name(self.segments.len() + 1);
            self.segments.push(segment::write(self.folder.path(), name, table, &batches)?);
        }
        self.buffered_bytes = 0;
        if let Some(new) = self.segments.get(from..).filter(|new| !new.is_empty()) {
            folder::sync(self.folder.path())?;
            self.journal.segments(new)?;
            fail_point!("package::segments_logged");
        }
        Ok(())
    }
}
