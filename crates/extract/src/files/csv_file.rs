//! CSV files.

use std::path::Path;

use catchment_json::{Selection, Value};

use super::format::Input;
use super::{FileError, PAGE_BYTES};
use crate::Page;

/// Reads the rows of a CSV file. The first line has the column names.
pub(super) fn read(path: &Path, input: Input, take: &mut dyn FnMut(Page) -> bool) -> Result<(), FileError> {
    let csv = |source| FileError::Csv { path: path.to_owned(), source };
    let mut reader = csv::Reader::from_reader(input);
    let mut names: Vec<String> = reader.headers().map_err(csv)?.iter().map(str::to_owned).collect();
    if let Some(first) = names.first_mut() {
        *first = first.trim_start_matches('\u{FEFF}').to_owned();
    }
    let (mut rows, mut bytes) = (Vec::new(), 0);
    let mut record = csv::StringRecord::new();
    loop {
        let is_row = reader.read_record(&mut record).map_err(csv)?;
        if is_row {
            bytes += record.as_slice().len() + names.len();
            let value = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
            rows.push(Value::object(names.iter().cloned().zip(record.iter().map(value))));
        }
        if bytes >= PAGE_BYTES || !is_row {
            let page = page(path, std::mem::take(&mut rows), std::mem::take(&mut bytes))?;
            if page.is_some_and(|page| !take(page)) || !is_row {
                return Ok(());
            }
        }
    }
}

fn page(path: &Path, rows: Vec<Value>, bytes: usize) -> Result<Option<Page>, FileError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let document = catchment_json::Document::from_value(&Value::Array(rows));
    let document = document.map_err(|source| FileError::Json { path: path.to_owned(), source })?;
    Ok(Some(Page { bytes, ..Page::from(Selection::from_document(document)) }))
}
