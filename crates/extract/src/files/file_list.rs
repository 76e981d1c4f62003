//! Listing of files by pattern.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use catchment_json::{Document, Value};
use catchment_schema::format_timestamp;

use super::FileError;
use crate::Page;

/// Returns the files that match a pattern, sorted by name.
pub(super) fn paths(pattern: &str) -> Result<Vec<PathBuf>, FileError> {
    let found = glob::glob(pattern).map_err(|source| FileError::Pattern { pattern: pattern.to_owned(), source })?;
    let mut paths = Vec::new();
    for path in found {
        let path = path.map_err(|error| FileError::Io { path: error.path().to_owned(), source: error.into() })?;
        if path.is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        tracing::warn!(pattern, "no file matches the pattern");
    }
    Ok(paths)
}

/// Returns a page with one row for each file that matches a pattern.
pub(super) fn list_page(pattern: &str) -> Result<Page, FileError> {
    let rows = paths(pattern)?.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let document = Document::from_value(&Value::Array(rows));
    document.map(Page::from).map_err(|source| FileError::Json { path: pattern.into(), source })
}

fn row(path: PathBuf) -> Result<Value, FileError> {
    let metadata = std::fs::metadata(&path).map_err(FileError::io(&path))?;
    let modified = metadata.modified().map_err(FileError::io(&path))?;
    let micros = modified.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or(0);
    Ok(Value::object([
        ("file_url", Value::from(path.to_string_lossy().into_owned())),
        ("file_name", Value::from(path.file_name().unwrap_or_default().to_string_lossy().into_owned())),
        ("modification_date", Value::from(format_timestamp(micros))),
        ("size_in_bytes", Value::from(metadata.len())),
    ]))
}
