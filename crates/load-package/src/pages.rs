//! Reading rows as a source gave them.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use catchment_json::{Document, Node, Selection};
use catchment_schema::Schema;
use catchment_state::State;

use crate::journal::Begin;
use crate::{ExtractedRecord, PackageError, journal, line};

/// The name of the file in the folder of an extraction, from when it is complete.
pub(crate) const FILE: &str = "pages";

/// The pages of an extraction, one in memory at a time.
#[derive(Debug)]
pub(crate) struct Pages {
    pub(crate) begin: Begin,
    pub(crate) schema: Schema,
    lines: LineReader,
}

impl Pages {
    /// Opens the pages in `folder`; none where they were never finished.
    pub(crate) fn open(folder: &Path) -> Result<Option<Pages>, PackageError> {
        let path = folder.join(FILE);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PackageError::Io { action: "open", path, source }),
        };
        let mut lines = LineReader { lines: BufReader::with_capacity(1 << 18, file), path, number: 0 };
        let first = lines.next()?.root().to_value();
        journal::check_format(first.get("begin"), &lines.path)?;
        let begin = first.get("begin").and_then(Begin::from_value);
        let schema = first.get("schema").and_then(|schema| Schema::from_value(schema).ok());
        let (Some(begin), Some(schema)) = (begin, schema) else { return Err(lines.unexpected()) };
        Ok(Some(Pages { begin, schema, lines }))
    }

    /// Reads what comes next.
    pub(crate) fn next_record(&mut self) -> Result<ExtractedRecord, PackageError> {
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
        PackageError::Damaged { path: self.path.clone(), problem: format!("line {} {what}", self.number) }
    }
}
