//! Extracted rows on disk: of resumable resources in a run, and of all resources if extract and normalize run as separate
//! steps.
//!
//! An extract is a folder with one file of checksummed lines, as in a journal: first a [`PackageHeader`] with the schema
//! that the resources declared, then pages, last the state after them. The file gets its final name when it is complete;
//! before that, only its writer and a run that resumes it read it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use catchment_json::{Selection, Value, write_text};
use catchment_schema::Schema;
use catchment_state::{CursorEntryChange, State};

use crate::fail_point;
use crate::folder::LockedFolder;
use crate::journal::PackageHeader;
use crate::pages::ExtractReader;
use crate::{PackageError, checksum_line, cursor_entries, folder, pages};

/// The name of the file before it is complete.
pub(crate) const UNFINISHED: &str = "pages.unfinished";

/// The name of the file before it is complete, if another run can resume it.
pub(crate) const RESUMABLE: &str = "pages.resumable";

/// A writer of extracted rows. Dropping it discards the extract unless a checkpoint was
/// [synced](ExtractedWriter::sync_checkpoint).
#[derive(Debug)]
pub struct ExtractedWriter {
    folder: LockedFolder,
    out: BufWriter<File>,
    /// The current name of the file.
    name: &'static str,
    /// The number of records after the first line.
    records: usize,
}

/// A complete extract, ready to be normalized.
#[derive(Debug)]
pub struct ExtractedPackage {
    folder: LockedFolder,
    pages: ExtractReader,
}

/// A record of an extract.
#[derive(Debug)]
pub enum ExtractedRecord {
    /// Rows of a page.
    Page(ExtractedPage),
    /// A checkpoint: all rows of the resource `tree` and its dependent resources up to this position precede this record.
    Checkpoint {
        /// The root resource of the tree.
        tree: String,
        /// The position in the pages of the resource.
        checkpoint: Value,
    },
    /// The end of the extract.
    End {
        /// The state after all rows.
        state: Box<State>,
        /// Changes to the cursor entries that exceed the limit of the state.
        boundaries: Vec<CursorEntryChange>,
        /// Diagnostics of the extraction for the report; null if none.
        diagnostics: Value,
    },
}

/// Rows of a page.
#[derive(Debug, Clone)]
pub struct ExtractedPage {
    /// The tree of resources that the rows belong to, by the name of its root resource.
    pub tree: String,
    /// The resource of the rows.
    pub resource: String,
    /// The root table.
    pub table: String,
    /// The ordinal of the page in its run.
    pub ordinal: u64,
    /// The rows.
    pub rows: Selection,
}

impl ExtractedWriter {
    pub(crate) fn create(folder: LockedFolder, header: &PackageHeader, schema: &Schema) -> Result<Self, PackageError> {
        let path = folder.path().join(UNFINISHED);
        let file = File::create(&path).map_err(PackageError::io("create", &path))?;
        let mut writer = ExtractedWriter { folder, out: BufWriter::with_capacity(1 << 18, file), name: UNFINISHED, records: 0 };
        let first = Value::object([("begin", header.to_value()), ("schema", schema.to_value())]);
        writer.write_line(&first.to_string())?;
        Ok(writer)
    }

    /// Appends the rows of a page.
    ///
    /// # Errors
    ///
    /// Returns an error if the rows cannot be written.
    pub fn append(&mut self, page: &ExtractedPage) -> Result<(), PackageError> {
        let mut json = format!("{{\"ordinal\":{},\"tree\":", page.ordinal);
        write_text(&page.tree, &mut json);
        json.push_str(",\"resource\":");
        write_text(&page.resource, &mut json);
        json.push_str(",\"table\":");
        write_text(&page.table, &mut json);
        json.push_str(",\"rows\":");
        page.rows.write_json(&mut json);
        json.push('}');
        self.write(&json)
    }

    /// Appends a checkpoint: all rows of the resource `tree` and its dependent resources are written up to `checkpoint`.
    ///
    /// # Errors
    ///
    /// Returns an error if the record cannot be written.
    pub fn append_checkpoint(&mut self, tree: &str, checkpoint: &Value) -> Result<(), PackageError> {
        self.write(&Value::object([("tree", Value::from(tree)), ("checkpoint", checkpoint.clone())]).to_string())
    }

    /// Syncs all records to disk. From now on another run can resume the extract after the last checkpoint of each tree.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written, synced or renamed.
    pub fn sync_checkpoint(&mut self) -> Result<(), PackageError> {
        self.sync()?;
        if self.name == UNFINISHED {
            self.rename(RESUMABLE)?;
            self.folder.persist();
        }
        fail_point!("extract::checkpoint_synced");
        Ok(())
    }

    /// Completes the extract, which can then be normalized. `diagnostics` are stored for the report.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written, synced or renamed. The extract is then discarded, unless a checkpoint
    /// was synced.
    pub fn finish(mut self, state: &State, boundaries: &[CursorEntryChange], diagnostics: &Value) -> Result<(), PackageError> {
        let boundaries = Value::Array(boundaries.iter().map(cursor_entries::to_value).collect());
        let end = [("state", state.to_value()), ("boundaries", boundaries), ("remarks", diagnostics.clone())];
        self.write(&Value::object(end).to_string())?;
        self.sync()?;
        self.rename(pages::FILE)?;
        drop(self.folder.into_persistent());
        Ok(())
    }

    /// Discards the extract, even if another run could resume it.
    pub fn discard(self) {
        self.folder.discard();
    }

    /// Returns a reader of the pages written so far. Pages that are appended later are not read.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written or opened.
    pub fn read_pages(&mut self) -> Result<WrittenPages, PackageError> {
        let path = self.folder.path().join(self.name);
        self.out.flush().map_err(PackageError::io("write", &path))?;
        let gone = || PackageError::Corrupt { path: path.clone(), problem: "the file is missing".to_owned() };
        let reader = ExtractReader::open_file(self.folder.path(), self.name)?.ok_or_else(gone)?;
        Ok(WrittenPages { reader, remaining: self.records })
    }

    fn write(&mut self, json: &str) -> Result<(), PackageError> {
        self.records += 1;
        self.write_line(json)
    }

    fn write_line(&mut self, json: &str) -> Result<(), PackageError> {
        let path = self.folder.path().join(self.name);
        self.out.write_all(checksum_line::encode(json).as_bytes()).map_err(PackageError::io("write", &path))
    }

    fn sync(&mut self) -> Result<(), PackageError> {
        let path = self.folder.path().join(self.name);
        self.out.flush().map_err(PackageError::io("write", &path))?;
        self.out.get_ref().sync_data().map_err(PackageError::io("sync", &path))
    }

    fn rename(&mut self, name: &'static str) -> Result<(), PackageError> {
        let (from, to) = (self.folder.path().join(self.name), self.folder.path().join(name));
        std::fs::rename(&from, &to).map_err(PackageError::io("rename to", &to))?;
        self.name = name;
        folder::sync(self.folder.path())
    }
}

/// A reader of the pages of an extract that is not complete yet. See [`ExtractedWriter::read_pages`].
#[derive(Debug)]
pub struct WrittenPages {
    reader: ExtractReader,
    /// The number of records that are not read yet.
    remaining: usize,
}

impl WrittenPages {
    /// Reads the next page; `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or is corrupt.
    pub fn next_page(&mut self) -> Result<Option<ExtractedPage>, PackageError> {
        while let Some(remaining) = self.remaining.checked_sub(1) {
            self.remaining = remaining;
            if let ExtractedRecord::Page(page) = self.reader.next_record()? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }
}

impl ExtractedPackage {
    /// Opens the extract in `folder`. Returns `None` if it is incomplete.
    pub(crate) fn open(folder: LockedFolder) -> Result<Option<ExtractedPackage>, PackageError> {
        Ok(ExtractReader::open(folder.path())?.map(|pages| ExtractedPackage { folder, pages }))
    }

    /// Returns the header.
    pub fn header(&self) -> &PackageHeader {
        &self.pages.header
    }

    /// Returns the schema that the run started from, extended by the declarations of its resources.
    pub fn schema(&self) -> &Schema {
        &self.pages.schema
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Reads the next record. The last one is [`ExtractedRecord::End`]; do not call this method after it.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or is corrupt.
    pub fn next_record(&mut self) -> Result<ExtractedRecord, PackageError> {
        self.pages.next_record()
    }
}
