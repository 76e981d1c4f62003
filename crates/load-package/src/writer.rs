//! Filling a package.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;
use indexmap::IndexMap;

use crate::journal::{Begin, JournalWriter, Seal, Segment};
use crate::lock::Lock;
use crate::sealed::SealedPackage;
use crate::{PackageError, segment, store};

/// How a package is written.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Bytes of rows that are kept in memory before they are written out; 32 MiB by default.
    pub buffer_max_bytes: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        WriterOptions { buffer_max_bytes: 32 << 20 }
    }
}

/// A package that is being filled. Dropping it takes it back.
#[derive(Debug)]
pub struct PackageWriter {
    /// What is left to do when the writer is dropped; taken out by sealing.
    open: Option<Open>,
    options: WriterOptions,
    buffered: IndexMap<String, Vec<RecordBatch>>,
    buffered_bytes: usize,
}

#[derive(Debug)]
struct Open {
    folder: PathBuf,
    lock: Lock,
    journal: JournalWriter,
    begin: Begin,
    segments: Vec<Segment>,
}

impl PackageWriter {
    pub(crate) fn create(folder: PathBuf, begin: Begin, options: WriterOptions) -> Result<Self, PackageError> {
        std::fs::create_dir_all(&folder).map_err(PackageError::io("create", &folder))?;
        let lock = Lock::take(&folder)?.ok_or_else(|| PackageError::InUse { path: folder.clone() })?;
        let journal = JournalWriter::create(&folder, &begin)?;
        if let Some(packages) = folder.parent() {
            sync_folder(packages)?;
        }
        let open = Some(Open { folder, lock, journal, begin, segments: Vec::new() });
        Ok(PackageWriter { open, options, buffered: IndexMap::new(), buffered_bytes: 0 })
    }

    /// Adds rows of `table`, in the order in which they are to be loaded.
    ///
    /// # Errors
    ///
    /// Where buffered rows have to be written and cannot be.
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

    /// Ends the package: from here on it can be loaded, and will be.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then it is taken back.
    pub fn seal(mut self, seal: Seal) -> Result<SealedPackage, PackageError> {
        self.flush()?;
        if let Some(open) = &mut self.open {
            open.journal.seal(&seal)?;
        }
        match self.open.take() {
            Some(Open { folder, lock, begin, segments, .. }) => Ok(SealedPackage::new(folder, lock, begin, segments, seal)),
            None => unreachable!("only sealing takes the package out, and it consumes the writer"),
        }
    }

    /// Writes the buffered rows as one segment for each table.
    fn flush(&mut self) -> Result<(), PackageError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let from = open.segments.len();
        for (table, batches) in std::mem::take(&mut self.buffered) {
            let name = format!("{:06}.arrows", open.segments.len() + 1);
            open.segments.push(segment::write(&open.folder, name, table, &batches)?);
        }
        self.buffered_bytes = 0;
        if let Some(new) = open.segments.get(from..).filter(|new| !new.is_empty()) {
            sync_folder(&open.folder)?;
            open.journal.segments(new)?;
        }
        Ok(())
    }
}

impl Drop for PackageWriter {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            // What cannot be removed now is not sealed, and goes when the store is opened again.
            let _ = store::remove(&open.folder);
        }
    }
}

/// Makes renames in `folder` last.
fn sync_folder(folder: &Path) -> Result<(), PackageError> {
    let open = File::open(folder).map_err(PackageError::io("open", folder))?;
    open.sync_all().map_err(PackageError::io("sync", folder))
}
