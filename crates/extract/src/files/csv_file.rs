//! CSV files.

use std::collections::HashSet;
use std::path::Path;

use catchment_json::SelectionBuilder;
use serde::{Serialize, Serializer};

use super::format::Input;
use super::{FileError, PAGE_BYTES};
use crate::Page;

/// Reads the rows of a CSV file. The first line has the column names.
pub(super) fn read(path: &Path, input: Input, take: &mut dyn FnMut(Page) -> bool) -> Result<(), FileError> {
    let csv = |source| FileError::Csv { path: path.to_owned(), source };
    let rows_error = |source| FileError::Rows { path: path.to_owned(), source };
    let mut reader = csv::Reader::from_reader(input);
    let names = unique_names(reader.headers().map_err(csv)?);
    let mut record = csv::StringRecord::new();
    let mut is_end = false;
    while !is_end {
        let (mut rows, mut bytes) = (SelectionBuilder::new(), 0);
        while bytes < PAGE_BYTES && !is_end {
            is_end = !reader.read_record(&mut record).map_err(csv)?;
            if !is_end {
                bytes += record.as_slice().len() + names.len();
                rows.push(&CsvRow { names: &names, record: &record }).map_err(rows_error)?;
            }
        }
        if !rows.is_empty() && !take(Page { bytes, ..Page::from(rows.finish().map_err(rows_error)?) }) {
            return Ok(());
        }
    }
    Ok(())
}

/// Returns the column names without a byte order mark. Of equal names, the second becomes `NAME_2`, so that both are loaded.
fn unique_names(headers: &csv::StringRecord) -> Vec<String> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    for header in headers {
        let name = if names.is_empty() { header.trim_start_matches('\u{FEFF}') } else { header };
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let unique = std::iter::once(name.to_owned()).chain(numbered).find(|name| !known.contains(name));
        let unique = unique.unwrap_or_default();
        known.insert(unique.clone());
        names.push(unique);
    }
    names
}

/// A row as an object. Empty fields are null.
struct CsvRow<'r> {
    names: &'r [String],
    record: &'r csv::StringRecord,
}

impl Serialize for CsvRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.record.iter().map(|text| Some(text).filter(|text| !text.is_empty()));
        serializer.collect_map(self.names.iter().zip(values))
    }
}
