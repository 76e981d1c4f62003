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
    // Dropped before the lock, so that nobody else finds what is being removed.
    folder: UnsealedFolder,
    lock: Lock,
    journal: JournalWriter,
    begin: Begin,
    segments: Vec<Segment>,
    options: WriterOptions,
    buffered: IndexMap<String, Vec<RecordBatch>>,
    buffered_bytes: usize,
}

/// The folder of a package, removed when this is dropped, unless the package was sealed.
#[derive(Debug)]
struct UnsealedFolder {
    path: PathBuf,
    is_sealed: bool,
}

impl Drop for UnsealedFolder {
    fn drop(&mut self) {
        if !self.is_sealed {
            // What cannot be removed now is not sealed, and goes when the store is opened again.
            let _ = store::remove(&self.path);
        }
    }
}

impl PackageWriter {
    pub(crate) fn create(path: PathBuf, begin: Begin, options: WriterOptions) -> Result<Self, PackageError> {
        std::fs::create_dir_all(&path).map_err(PackageError::io("create", &path))?;
        let lock = Lock::take(&path)?.ok_or_else(|| PackageError::InUse { path: path.clone() })?;
        let journal = JournalWriter::create(&path, &begin)?;
        let folder = UnsealedFolder { path, is_sealed: false };
        if let Some(packages) = folder.path.parent() {
            sync_folder(packages)?;
        }
        let (segments, buffered) = (Vec::new(), IndexMap::new());
        Ok(PackageWriter { folder, lock, journal, begin, segments, options, buffered, buffered_bytes: 0 })
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
        self.journal.seal(&seal)?;
        self.folder.is_sealed = true;
        Ok(SealedPackage::new(self.folder.path.clone(), self.lock, self.begin, self.segments, seal))
    }

    /// Writes the buffered rows as one segment for each table.
    fn flush(&mut self) -> Result<(), PackageError> {
        let from = self.segments.len();
        for (table, batches) in std::mem::take(&mut self.buffered) {
            let name = format!("{:06}.arrows", self.segments.len() + 1);
            self.segments.push(segment::write(&self.folder.path, name, table, &batches)?);
        }
        self.buffered_bytes = 0;
        if let Some(new) = self.segments.get(from..).filter(|new| !new.is_empty()) {
            sync_folder(&self.folder.path)?;
            self.journal.segments(new)?;
        }
        Ok(())
    }
}

/// Makes renames in `folder` last.
fn sync_folder(folder: &Path) -> Result<(), PackageError> {
    let open = File::open(folder).map_err(PackageError::io("open", folder))?;
    open.sync_all().map_err(PackageError::io("sync", folder))
}
