//! Reader of extracted rows.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use catchment_json::{Document, Node, Selection};
use catchment_schema::Schema;
use catchment_state::State;

use crate::journal::PackageHeader;
use crate::{ExtractedPage, ExtractedRecord, PackageError, checksum_line, cursor_entries, journal};

/// The name of the file of a complete extract.
pub(crate) const FILE: &str = "pages";

/// A reader of an extract that holds one page in memory at a time.
#[derive(Debug)]
pub(crate) struct ExtractReader {
    pub(crate) header: PackageHeader,
    pub(crate) schema: Schema,
    lines: LineReader,
}

impl ExtractReader {
    /// Opens the complete extract in `folder`. Returns `None` if it is incomplete.
    pub(crate) fn open(folder: &Path) -> Result<Option<ExtractReader>, PackageError> {
        ExtractReader::open_file(folder, FILE)
    }

    pub(crate) fn open_file(folder: &Path, name: &str) -> Result<Option<ExtractReader>, PackageError> {
        let path = folder.join(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PackageError::Io { action: "open", path, source }),
        };
        let mut lines = LineReader { lines: BufReader::with_capacity(1 << 18, file), path, number: 0 };
        let first = lines.next()?.root().to_value();
        journal::check_format(first.get("begin"), &lines.path)?;
        let header = first.get("begin").and_then(PackageHeader::from_value);
        let schema = first.get("schema").and_then(|schema| Schema::from_value(schema).ok());
        let (Some(header), Some(schema)) = (header, schema) else { return Err(lines.unexpected()) };
        Ok(Some(ExtractReader { header, schema, lines }))
    }

    /// Reads the next record.
    pub(crate) fn next_record(&mut self) -> Result<ExtractedRecord, PackageError> {
        let document = self.lines.next()?;
        record(&document).ok_or_else(|| self.lines.unexpected())
    }
}

fn record(document: &Document) -> Option<ExtractedRecord> {
    let root = document.root();
    let text = |key| Some(root.get(key)?.as_str()?.into_owned());
    if let Some(state) = root.get("state") {
        let boundaries =
            root.get("boundaries").into_iter().flat_map(Node::elements).map(cursor_entries::from_node).collect::<Option<_>>()?;
        // Earlier versions stored no diagnostics.
        let diagnostics = root.get("remarks").map(Node::to_value).unwrap_or_default();
        let state = Box::new(State::from_value(state.to_value()).ok()?);
        return Some(ExtractedRecord::End { state, boundaries, diagnostics });
    }
    if let Some(checkpoint) = root.get("checkpoint") {
        return Some(ExtractedRecord::Checkpoint { tree: text("tree")?, checkpoint: checkpoint.to_value() });
    }
    let table = text("table")?;
    // Early extracts stored only the table.
    let (tree, resource) = (text("tree").unwrap_or_default(), text("resource").unwrap_or_else(|| table.clone()));
    let ordinal = root.get("ordinal")?.as_number()?.parse().ok()?;
    let ids = root.get("rows")?.elements().map(Node::id).collect();
    Some(ExtractedRecord::Page(ExtractedPage {
        tree,
        resource,
        table,
        ordinal,
        rows: Selection { document: document.clone(), ids },
    }))
}

/// A line reader that tracks the line number for error messages.
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
        let json = checksum_line::decode(&line).ok_or_else(|| self.corrupt("does not match its checksum"))?;
        Document::parse_serialized(json.as_bytes().to_vec()).map_err(|error| self.corrupt(&format!("cannot be read: {error}")))
    }

    fn unexpected(&self) -> PackageError {
        self.corrupt("is not the expected record")
    }

    fn corrupt(&self, what: &str) -> PackageError {
        PackageError::Corrupt { path: self.path.clone(), problem: format!("line {} {what}", self.number) }
    }
}
