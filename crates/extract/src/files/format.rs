//! File formats, detected by extension.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use catchment_json::Document;
use flate2::read::MultiGzDecoder;

use super::FileError;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// A list of rows, or one row.
    Json,
    /// One row per line.
    JsonLines,
    /// A header line, then one row per line.
    Csv,
}

/// The decompressed content of a file.
pub(super) type Input = BufReader<Box<dyn Read>>;

/// Opens a file and detects its format.
pub(super) fn open(path: &Path) -> Result<(Format, Input), FileError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let (name, is_packed) = name.strip_suffix(".gz").map_or((name.as_str(), false), |name| (name, true));
    let format = match name.rsplit_once('.') {
        Some((_, "json")) => Format::Json,
        Some((_, "jsonl" | "ndjson")) => Format::JsonLines,
        Some((_, "csv")) => Format::Csv,
        _ => return Err(FileError::UnknownFormat { path: path.to_owned() }),
    };
    let file = File::open(path).map_err(FileError::io(path))?;
    let input: Box<dyn Read> = if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok((format, BufReader::with_capacity(1 << 16, input)))
}

/// Parses a whole file as one document.
pub(super) fn json(path: &Path, mut input: Input) -> Result<Document, FileError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(FileError::io(path))?;
    Document::parse(bytes).map_err(|source| FileError::Json { path: path.to_owned(), source })
}
