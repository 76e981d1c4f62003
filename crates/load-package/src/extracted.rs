//! Rows as a source gave them, on disk until they are normalised: for those who do the two one by one.
//!
//! A folder with a file of lines like those of a journal: a [`Begin`] with the schema that the resources declared,
//! then pages, last the state after them. The file gets its name when it is complete, so one that was not finished is
//! never read.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use catchment_json::{Selection, Value, write_text};
use catchment_schema::Schema;
use catchment_state::State;

use crate::folder::LockedFolder;
use crate::journal::Begin;
use crate::pages::Pages;
use crate::{PackageError, folder, line, pages};

/// The name of the file before it is complete.
pub(crate) const UNFINISHED: &str = "pages.unfinished";

/// Writes the rows of a source. Dropping it takes back what was written.
#[derive(Debug)]
pub struct ExtractedWriter {
    folder: LockedFolder,
    out: BufWriter<File>,
}

/// All that a source gave.
#[derive(Debug)]
pub struct Extracted {
    folder: LockedFolder,
    pages: Pages,
}

/// What comes next in it.
#[derive(Debug)]
pub enum ExtractedRecord {
    /// Rows of a page.
    Page {
        /// The root table.
        table: String,
        /// The number of the page in its run.
        ordinal: u64,
        /// The rows.
        rows: Selection,
    },
    /// The end: the state after all pages.
    End(Box<State>),
}

impl ExtractedWriter {
    pub(crate) fn create(folder: LockedFolder, begin: &Begin, schema: &Schema) -> Result<Self, PackageError> {
        let path = folder.path().join(UNFINISHED);
        let file = File::create(&path).map_err(PackageError::io("create", &path))?;
        let mut writer = ExtractedWriter { folder, out: BufWriter::with_capacity(1 << 18, file) };
        let first = Value::object([("begin", begin.to_value()), ("schema", schema.to_value())]);
        writer.write(&first.to_string())?;
        Ok(writer)
    }

    /// Adds the rows of a page of the root table `table`.
    ///
    /// # Errors
    ///
    /// Where they cannot be written.
    pub fn append(&mut self, table: &str, ordinal: u64, rows: &Selection) -> Result<(), PackageError> {
        let mut json = format!("{{\"ordinal\":{ordinal},\"table\":");
        write_text(table, &mut json);
        json.push_str(",\"rows\":");
        rows.write_json(&mut json);
        json.push('}');
        self.write(&json)
    }

    /// Ends it: from here on it can be normalised.
    ///
    /// # Errors
    ///
    /// Where it cannot be written; then it is taken back.
    pub fn finish(mut self, state: &State) -> Result<(), PackageError> {
        self.write(&Value::object([("state", state.to_value())]).to_string())?;
        let (from, to) = (self.folder.path().join(UNFINISHED), self.folder.path().join(pages::FILE));
        self.out.flush().map_err(PackageError::io("write", &from))?;
        self.out.get_ref().sync_all().map_err(PackageError::io("sync", &from))?;
        std::fs::rename(&from, &to).map_err(PackageError::io("rename to", &to))?;
        folder::sync(self.folder.path())?;
        drop(self.folder.kept());
        Ok(())
    }

    fn write(&mut self, json: &str) -> Result<(), PackageError> {
        let path = self.folder.path().join(UNFINISHED);
        self.out.write_all(line::write(json).as_bytes()).map_err(PackageError::io("write", &path))
    }
}

impl Extracted {
    /// Opens what is in `folder`; none where it was never finished.
    pub(crate) fn open(folder: LockedFolder) -> Result<Option<Extracted>, PackageError> {
        Ok(Pages::open(folder.path())?.map(|pages| Extracted { folder, pages }))
    }

    /// What it is about.
    pub fn begin(&self) -> &Begin {
        &self.pages.begin
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
