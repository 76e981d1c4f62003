//! The journal: lines of `CHECKSUM JSON`, the first one a [`PackageHeader`], then [`Segment`]s, the last one a
//! [`PackageFooter`].
//!
//! Durability: a segment is written, synced and renamed before its journal line is written and synced, so every segment in
//! the journal exists, even after a power failure. Every line has a checksum; a torn last line counts as not written.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use catchment_json::Value;
use catchment_schema::Schema;
use catchment_state::{CursorEntryKey, CursorEntryKind, State};

use crate::checksum_line::CHECKSUM_LENGTH;
use crate::{PackageError, checksum_line};

/// The format that is written, and the latest format that can be read.
const FORMAT: i64 = 3;

/// The `kind` of parent cursors in the journal.
const PARENTS: &str = "parents";

/// The name of the journal in the folder of a package.
pub(crate) const FILE: &str = "journal";

/// An empty file in the folder of a sealed package. If it exists, a journal that is missing or has no seal is corrupt, not
/// incomplete.
pub(crate) const SEALED_FILE: &str = "sealed";

/// The header of a package, written when the package is created.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageHeader {
    /// The load id: seconds since 1970 with decimals. It increases from package to package.
    pub load_id: String,
    /// The creation time in microseconds since 1970.
    pub created_at: i64,
    /// The dataset to load the package into.
    pub dataset: String,
    /// The source of the rows.
    pub source: String,
    /// The resources whose rows the package holds, each with its root table.
    pub resources: Vec<(String, String)>,
    /// A fingerprint of the resource definitions, compared to detect changes; may be empty.
    pub fingerprint: String,
    /// The state that the run started from.
    pub base_state: State,
    /// The hash of the schema that the run started from, or `None` if the dataset had no schema.
    pub base_schema: Option<String>,
    /// The tables to drop and to empty before the rows are loaded.
    pub refresh: RefreshTables,
}

/// Tables that are dropped or emptied before the rows of a package are loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefreshTables {
    /// The tables to drop.
    pub dropped: Vec<String>,
    /// The tables to empty.
    pub emptied: Vec<String>,
}

impl RefreshTables {
    /// Returns true if no table is dropped or emptied.
    pub fn is_empty(&self) -> bool {
        self.dropped.is_empty() && self.emptied.is_empty()
    }
}

/// A file with rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The name of the file.
    pub file: String,
    /// The table.
    pub table: String,
    /// The number of rows.
    pub rows: u64,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// The CRC-32 of the file.
    pub checksum: u32,
}

/// The footer of a package: the schema and the state to store with the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageFooter {
    /// The schema of the rows.
    pub schema: Schema,
    /// The state after the rows.
    pub state: State,
    /// Diagnostics of normalization for the report; null if none.
    pub findings: Value,
}

/// A change to the cursor entries that exceed the limit of the state. The entries themselves are in segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorEntriesHeader {
    /// The cursor.
    pub key: CursorEntryKey,
    /// Whether the entries stored earlier are deleted.
    pub replaces: bool,
}

/// The complete records of a journal.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) header: PackageHeader,
    pub(crate) segments: Vec<Segment>,
    pub(crate) seal: Option<(PackageFooter, Vec<CursorEntriesHeader>)>,
}

/// Appends records to a journal and syncs them.
#[derive(Debug)]
pub(crate) struct JournalWriter {
    file: File,
    path: PathBuf,
    sealed: PathBuf,
}

impl JournalWriter {
    pub(crate) fn create(folder: &Path, header: &PackageHeader) -> Result<Self, PackageError> {
        let path = folder.join(FILE);
        let file = File::options().create_new(true).append(true).open(&path).map_err(PackageError::io("create", &path))?;
        let mut writer = JournalWriter { file, path, sealed: folder.join(SEALED_FILE) };
        writer.write([header.to_value()])?;
        Ok(writer)
    }

    pub(crate) fn segments(&mut self, segments: &[Segment]) -> Result<(), PackageError> {
        self.write(segments.iter().map(Segment::to_value))
    }

    pub(crate) fn seal(&mut self, seal: &PackageFooter, cursor_rows: &[CursorEntriesHeader]) -> Result<(), PackageError> {
        self.write([seal.to_value(cursor_rows)])?;
        // The seal in the journal decides, not this file, so a sync is not needed.
        File::create(&self.sealed).map(drop).map_err(PackageError::io("create", &self.sealed))
    }

    fn write(&mut self, records: impl IntoIterator<Item = Value>) -> Result<(), PackageError> {
        let mut lines = String::new();
        for record in records {
            lines.push_str(&checksum_line::encode(&record.to_string()));
        }
        self.file.write_all(lines.as_bytes()).map_err(PackageError::io("write", &self.path))?;
        self.file.sync_data().map_err(PackageError::io("sync", &self.path))
    }
}

/// Reads the journal in `folder`. Returns `None` if its first line was never written.
///
/// # Errors
///
/// Returns an error if the journal cannot be read, is corrupt, or has no seal although the package was sealed.
pub(crate) fn read(folder: &Path) -> Result<Option<Journal>, PackageError> {
    let journal = read_written(folder)?;
    let is_sealed = journal.as_ref().is_some_and(|journal| journal.seal.is_some());
    if !is_sealed && folder.join(SEALED_FILE).exists() {
        let problem = if journal.is_none() { "it is missing or empty" } else { "its end is missing" };
        return Err(PackageError::Corrupt {
            path: folder.join(FILE),
            problem: format!("{problem} although the package was sealed"),
        });
    }
    Ok(journal)
}

fn read_written(folder: &Path) -> Result<Option<Journal>, PackageError> {
    let path = folder.join(FILE);
    let text = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(PackageError::Io { action: "read", path, source }),
    };
    let corrupt = |problem: String| PackageError::Corrupt { path: path.clone(), problem };
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    let mut journal: Option<Journal> = None;
    for (number, line) in lines.iter().enumerate() {
        let Some(record) = record(line) else {
            // Lines of one write can reach the disk in any order or not at all. But no line is written before the earlier
            // ones are synced, so a seal proves that every line before it was complete.
            let rest = || lines.iter().skip(number);
            if rest().any(|line| is_seal(line)) || rest().skip(usize::from(number == 0)).last().is_some_and(|line| was_seal(line))
            {
                return Err(corrupt(format!("line {} does not match its checksum", number + 1)));
            }
            break;
        };
        let wrong = || corrupt(format!("line {} is not the expected record", number + 1));
        match &mut journal {
            None => {
                check_format(Some(&record), &path)?;
                let header = PackageHeader::from_value(&record).ok_or_else(wrong)?;
                journal = Some(Journal { header, segments: Vec::new(), seal: None });
            }
            Some(journal) => match Segment::from_value(&record) {
                Some(segment) => journal.segments.push(segment),
                None => journal.seal = Some(PackageFooter::from_value(&record).ok_or_else(wrong)?),
            },
        }
    }
    Ok(journal)
}

/// Returns an error if a later version wrote the package.
pub(crate) fn check_format(header: Option<&Value>, path: &Path) -> Result<(), PackageError> {
    match header.and_then(|header| header.get("format")?.as_i64()) {
        Some(found) if found > FORMAT => Err(PackageError::UnsupportedFormat { path: path.to_owned(), found, known: FORMAT }),
        _ => Ok(()),
    }
}

fn is_seal(line: &[u8]) -> bool {
    record(line).is_some_and(|record| PackageFooter::from_value(&record).is_some())
}

/// Returns true if the corrupt last line of a journal was a seal. A torn line has no newline.
fn was_seal(line: &[u8]) -> bool {
    let is_segment = || line.get(CHECKSUM_LENGTH..).is_some_and(|json| json.starts_with(b"{\"segment\":"));
    record(line).is_none() && line.ends_with(b"\n") && !is_segment()
}

/// Parses the record of a line. Returns `None` if the line is torn or corrupt.
fn record(line: &[u8]) -> Option<Value> {
    Value::parse(checksum_line::decode(line)?).ok()
}

impl PackageHeader {
    /// Returns true if the package holds rows of `resource`.
    pub fn has_resource(&self, resource: &str) -> bool {
        self.resources.iter().any(|(name, _)| name == resource)
    }

    pub(crate) fn to_value(&self) -> Value {
        let resources = self.resources.iter().map(|(name, table)| (name.as_str(), Value::from(table.as_str())));
        Value::object([
            ("format", Value::from(FORMAT)),
            ("load_id", Value::from(self.load_id.as_str())),
            ("created_at", Value::from(self.created_at)),
            ("dataset", Value::from(self.dataset.as_str())),
            ("source", Value::from(self.source.as_str())),
            ("resources", Value::object(resources)),
            ("definition", Value::from(self.fingerprint.as_str())),
            ("base_state", self.base_state.to_value()),
            ("base_schema", Value::from(self.base_schema.clone())),
            ("dropped", names(&self.refresh.dropped)),
            ("emptied", names(&self.refresh.emptied)),
        ])
    }

    pub(crate) fn from_value(value: &Value) -> Option<PackageHeader> {
        let resources = value.get("resources")?.as_object()?;
        Some(PackageHeader {
            load_id: value.get("load_id")?.as_str()?.to_owned(),
            created_at: value.get("created_at")?.as_i64()?,
            // Early journals store it only in the state.
            dataset: value.get("dataset").or_else(|| value.get("base_state")?.get("dataset_name"))?.as_str()?.to_owned(),
            source: value.get("source")?.as_str()?.to_owned(),
            resources: resources
                .iter()
                .map(|(name, table)| Some((name.clone(), table.as_str()?.to_owned())))
                .collect::<Option<_>>()?,
            fingerprint: value.get("definition").and_then(Value::as_str).unwrap_or_default().to_owned(),
            base_state: State::from_value(value.get("base_state")?.clone()).ok()?,
            base_schema: value.get("base_schema")?.as_str().map(str::to_owned),
            refresh: RefreshTables { dropped: to_names(value.get("dropped")), emptied: to_names(value.get("emptied")) },
        })
    }
}

fn names(names: &[String]) -> Value {
    Value::Array(names.iter().map(|name| Value::from(name.as_str())).collect())
}

/// Reads a list of names, which is missing in format 1.
fn to_names(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array).unwrap_or_default().iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
}

impl Segment {
    fn to_value(&self) -> Value {
        Value::object([
            ("segment", Value::from(self.file.as_str())),
            ("table", Value::from(self.table.as_str())),
            ("rows", Value::from(self.rows)),
            ("bytes", Value::from(self.bytes)),
            ("checksum", Value::from(self.checksum)),
        ])
    }

    fn from_value(value: &Value) -> Option<Segment> {
        let number = |key| u64::try_from(value.get(key)?.as_i64()?).ok();
        Some(Segment {
            file: value.get("segment")?.as_str()?.to_owned(),
            table: value.get("table")?.as_str()?.to_owned(),
            rows: number("rows")?,
            bytes: number("bytes")?,
            checksum: u32::try_from(number("checksum")?).ok()?,
        })
    }
}

impl PackageFooter {
    fn to_value(&self, cursor_rows: &[CursorEntriesHeader]) -> Value {
        Value::object([
            ("schema", self.schema.to_value()),
            ("state", self.state.to_value()),
            ("findings", self.findings.clone()),
            ("cursor_rows", Value::Array(cursor_rows.iter().map(CursorEntriesHeader::to_value).collect())),
        ])
    }

    fn from_value(value: &Value) -> Option<(PackageFooter, Vec<CursorEntriesHeader>)> {
        let schema = Schema::from_value(value.get("schema")?).ok()?;
        let findings = value.get("findings").cloned().unwrap_or_default();
        let cursor_rows = value.get("cursor_rows").and_then(Value::as_array).unwrap_or_default();
        let cursor_rows = cursor_rows.iter().map(CursorEntriesHeader::from_value).collect::<Option<_>>()?;
        Some((PackageFooter { schema, state: State::from_value(value.get("state")?.clone()).ok()?, findings }, cursor_rows))
    }
}

impl CursorEntriesHeader {
    pub(crate) fn to_value(&self) -> Value {
        // Entries of rows have no kind: they were the only kind in format 2.
        let kind = match self.key.kind {
            CursorEntryKind::Rows => None,
            CursorEntryKind::Parents => Some(("kind", Value::from(PARENTS))),
        };
        let rest = [
            ("source", Value::from(self.key.source.as_str())),
            ("resource", Value::from(self.key.resource.as_str())),
            ("cursor_path", Value::from(self.key.cursor_path.as_str())),
            ("replaces", Value::from(self.replaces)),
        ];
        Value::object(kind.into_iter().chain(rest))
    }

    pub(crate) fn from_value(value: &Value) -> Option<CursorEntriesHeader> {
        let text = |key| value.get(key)?.as_str().map(str::to_owned);
        let kind = match value.get("kind").map(Value::as_str) {
            None => CursorEntryKind::Rows,
            Some(Some(PARENTS)) => CursorEntryKind::Parents,
            Some(_) => return None,
        };
        let [source, resource, cursor_path] = [text("source")?, text("resource")?, text("cursor_path")?];
        let key = CursorEntryKey { kind, source, resource, cursor_path };
        Some(CursorEntriesHeader { key, replaces: value.get("replaces")?.as_bool()? })
    }
}
