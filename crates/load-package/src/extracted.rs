//! Rows as a source gave them, on disk until they are normalised: for those who do the two one by one.
//!
//! A folder with a file of lines like those of a journal: a [`Begin`] with the schema that the resources declared,
//! then pages, last the state after them. The file gets its name when it is complete, so one that was not finished is
//! never read.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use catchment_json::{Document, Node, Selection, Value, write_text};
use catchment_schema::Schema;
use catchment_state::State;

use crate::folder::LockedFolder;
use crate::journal::Begin;
use crate::{PackageError, folder, journal, line};

const FILE: &str = "pages";
const UNFINISHED: &str = "pages.unfinished";

/// Whether all rows of an extraction are in `folder`.
pub(crate) fn is_complete(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

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
    begin: Begin,
    schema: Schema,
    lines: LineReader,
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
        let (from, to) = (self.folder.path().join(UNFINISHED), self.folder.path().join(FILE));
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
        let path = folder.path().join(FILE);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PackageError::Io { action: "open", path, source }),
        };
        let mut lines = LineReader { lines: BufReader::with_capacity(1 << 18, file), path, number: 0 };
        let first = lines.next()?.root().to_value();
        journal::check_format(first.get("begin"), &lines.path)?;
        let begin = first.get("begin").and_then(Begin::from_value);
        let schema = first.get("schema").and_then(|schema| Schema::from_value(schema).ok());
        let (Some(begin), Some(schema)) = (begin, schema) else { return Err(lines.unexpected()) };
        Ok(Some(Extracted { folder, begin, schema, lines }))
    }

    /// What it is about.
    pub fn begin(&self) -> &Begin {
        &self.begin
    }

    /// The schema that the run started from, with what its resources declared.
    pub fn schema(&self) -> &Schema {
        &self.schema
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
        let document = self.lines.next()?;
        let root = document.root();
        if let Some(state) = root.get("state") {
            let state = State::from_value(state.to_value()).map_err(|_| self.lines.unexpected())?;
            return Ok(ExtractedRecord::End(Box::new(state)));
        }
        let table = root.get("table").and_then(|table| Some(table.text()?.into_owned()));
        let ordinal = root.get("ordinal").and_then(|ordinal| ordinal.number()?.parse().ok());
        let ids = root.get("rows").map(|rows| rows.elements().map(Node::id).collect());
        match (table, ordinal, ids) {
            (Some(table), Some(ordinal), Some(ids)) => {
                Ok(ExtractedRecord::Page { table, ordinal, rows: Selection { document: document.clone(), ids } })
            }
            _ => Err(self.lines.unexpected()),
        }
    }
}

/// Reads one line after the other, and knows which one was the last.
#[derive(Debug)]
struct LineReader {
    lines: BufReader<File>,
    path: PathBuf,
    number: usize,
}

impl LineReader {
    fn next(&mut self) -> Result<Document, PackageError> {
        let mut line = Vec::new();
        self.number += 1;
        self.lines.read_until(b'\n', &mut line).map_err(PackageError::io("read", &self.path))?;
        let json = line::read(&line).ok_or_else(|| self.damaged("does not match its checksum"))?;
        Document::parse_written(json.as_bytes().to_vec()).map_err(|error| self.damaged(&format!("cannot be read: {error}")))
    }

    fn unexpected(&self) -> PackageError {
        self.damaged("is not what was expected there")
    }

    fn damaged(&self, what: &str) -> PackageError {
        let problem = format!("line {} {what}", self.number);
        let package = self.path.parent().unwrap_or(&self.path).to_owned();
        PackageError::Damaged { path: self.path.clone(), package, problem }
    }
}
