//! Rows as a source gave them, on disk until they are normalised: for those who do the two one by one.
//!
//! A folder with a file of lines like those of a journal: a [`PackageHeader`] with the schema that the resources declared,
//! then pages, last the state after them. The file gets its name when it is complete, so one that was not finished is
//! never read.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use catchment_json::{Selection, Value, write_text};
use catchment_schema::Schema;
use catchment_state::{CursorEntryChange, State};

use crate::folder::LockedFolder;
use crate::journal::PackageHeader;
use crate::pages::ExtractReader;
use crate::{PackageError, checksum_line, cursor_entries, folder, pages};

/// The name of the file before it is complete.
pub(crate) const UNFINISHED: &str = "pages.unfinished";

/// The name of the file before it is complete, where another run can go on with it.
pub(crate) const RESUMABLE: &str = "pages.resumable";

/// Writes the rows of a source. Dropping it takes back what was written, unless it was
/// [secured](ExtractedWriter::sync_checkpoint).
#[derive(Debug)]
pub struct ExtractedWriter {
    folder: LockedFolder,
    out: BufWriter<File>,
    /// The file that is written.
    name: &'static str,
}

/// All that a source gave.
#[derive(Debug)]
pub struct ExtractedPackage {
    folder: LockedFolder,
    pages: ExtractReader,
}

/// What comes next in it.
#[derive(Debug)]
pub enum ExtractedRecord {
    /// Rows of a page.
    Page(ExtractedPage),
    /// All that came of the resource `root`, and of those that are fed by it, stands before.
    Checkpoint {
        /// The resource.
        tree: String,
        /// Where it is in its pages.
        checkpoint: Value,
    },
    /// The end: what is to be known after all pages.
    End {
        /// The state.
        state: Box<State>,
        /// How the entries of cursors change that are too many for the state.
        boundaries: Vec<CursorEntryChange>,
        /// What was noticed while the rows were extracted, for reports; null where nothing was.
        diagnostics: Value,
    },
}

/// Rows of a page.
#[derive(Debug, Clone)]
pub struct ExtractedPage {
    /// The resource with pages of its own that they come from.
    pub root: String,
    /// The resource that they are of.
    pub resource: String,
    /// The root table.
    pub table: String,
    /// The number of the page in its run.
    pub ordinal: u64,
    /// The rows.
    pub rows: Selection,
}

impl ExtractedWriter {
    pub(crate) fn create(folder: LockedFolder, header: &PackageHeader, schema: &Schema) -> Result<Self, PackageError> {
        let path = folder.path().join(UNFINISHED);
        let file = File::create(&path).map_err(PackageError::io("create", &path))?;
        let mut writer = ExtractedWriter { folder, out: BufWriter::with_capacity(1 << 18, file), name: UNFINISHED };
        let first = Value::object([("begin", header.to_value()), ("schema", schema.to_value())]);
        writer.write(&first.to_string())?;
        Ok(writer)
    }

    /// Adds the rows of a page.
    ///
    /// # Errors
    ///
    /// Where they cannot be written.
    pub fn append(&mut self, page: &ExtractedPage) -> Result<(), PackageError> {
        let mut json = format!("{{\"ordinal\":{},\"tree\":", page.ordinal);
        write_text(&page.root, &mut json);
        json.push_str(",\"resource\":");
        write_text(&page.resource, &mut json);
        json.push_str(",\"table\":");
        write_text(&page.table, &mut json);
        json.push_str(",\"rows\":");
        page.rows.write_json(&mut json);
        json.push('}');
        self.write(&json)
    }

    /// Notes that all that came of the resource `root`, and of those that are fed by it, is written, up to `checkpoint`.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn append_checkpoint(&mut self, tree: &str, checkpoint: &Value) -> Result<(), PackageError> {
        self.write(&Value::object([("tree", Value::from(tree)), ("checkpoint", checkpoint.clone())]).to_string())
    }

    /// Makes all that is written last: from here on another run can go on with it, after the last checkpoint of each
    /// resource.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn sync_checkpoint(&mut self) -> Result<(), PackageError> {
        self.sync()?;
        if self.name == UNFINISHED {
            self.rename(RESUMABLE)?;
            self.folder.persist();
        }
        #[cfg(feature = "failpoints")]
        fail::fail_point!("extracted::secured");
        Ok(())
    }

    /// Ends it: from here on it can be normalised. `diagnostics` are kept for reports.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then it is taken back.
    pub fn finish(mut self, state: &State, boundaries: &[CursorEntryChange], diagnostics: &Value) -> Result<(), PackageError> {
        let boundaries = Value::Array(boundaries.iter().map(cursor_entries::to_value).collect());
        let end = [("state", state.to_value()), ("boundaries", boundaries), ("remarks", diagnostics.clone())];
        self.write(&Value::object(end).to_string())?;
        self.sync()?;
        self.rename(pages::FILE)?;
        drop(self.folder.into_persistent());
        Ok(())
    }

    /// Takes back what was written, also where another run could go on with it.
    pub fn discard(self) {
        self.folder.discard();
    }

    fn write(&mut self, json: &str) -> Result<(), PackageError> {
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

impl ExtractedPackage {
    /// Opens what is in `folder`; none where it was never finished.
    pub(crate) fn open(folder: LockedFolder) -> Result<Option<ExtractedPackage>, PackageError> {
        Ok(ExtractReader::open(folder.path())?.map(|pages| ExtractedPackage { folder, pages }))
    }

    /// What it is about.
    pub fn header(&self) -> &PackageHeader {
        &self.pages.header
    }

    /// The schema that the run started from, with what its resources declared.
    pub fn schema(&self) -> &Schema {
        &self.pages.schema
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Reads what comes next. To be asked until the end has come.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is not what was written.
    pub fn next_record(&mut self) -> Result<ExtractedRecord, PackageError> {
        self.pages.next_record()
    }
}
