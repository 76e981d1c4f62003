//! JSON Lines files.

use std::io::BufRead as _;
use std::path::Path;

use catchment_json::Document;

use super::format::Input;
use super::{FileError, PAGE_BYTES};
use crate::Page;

/// Reads a file in batches of lines, each parsed as one document.
pub(super) fn read(path: &Path, mut input: Input, take: &mut dyn FnMut(Page) -> bool) -> Result<(), FileError> {
    let mut lines = Lines::new(1);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = input.read_until(b'\n', &mut line).map_err(FileError::io(path))?;
        if number == 1 && line.starts_with(b"\xEF\xBB\xBF") {
            line.drain(..3);
        }
        if length > 0 {
            lines.push(line.trim_ascii());
        }
        if length == 0 || lines.text.len() >= PAGE_BYTES {
            if !lines.is_empty() && !take(Page::from(lines.parse(path)?)) {
                return Ok(());
            }
            lines = Lines::new(number + 1);
        }
        if length == 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Lines as the elements of one JSON list.
struct Lines {
    text: Vec<u8>,
    /// The byte range of each line in `text`, including empty lines.
    ranges: Vec<(usize, usize)>,
    first: u64,
}

impl Lines {
    fn new(first: u64) -> Lines {
        Lines { text: vec![b'['], ranges: Vec::new(), first }
    }

    fn push(&mut self, line: &[u8]) {
        if !line.is_empty() && !self.is_empty() {
            self.text.push(b',');
        }
        let start = self.text.len();
        self.text.extend_from_slice(line);
        self.ranges.push((start, self.text.len()));
    }

    fn is_empty(&self) -> bool {
        self.text.len() == 1
    }

    fn parse(mut self, path: &Path) -> Result<Document, FileError> {
        self.text.push(b']');
        let lines = self.ranges.iter().filter(|(start, end)| start < end).count();
        let text = std::mem::take(&mut self.text);
        match Document::parse(text.clone()) {
            Ok(document) if document.root().elements().count() == lines => Ok(document),
            // Lines that are only valid together are invalid too, so look for the first one.
            Ok(document) => self.first_invalid_line(&text, path).map_or(Ok(document), Err),
            Err(source) => Err(self.first_invalid_line(&text, path).unwrap_or(FileError::Json { path: path.to_owned(), source })),
        }
    }

    fn first_invalid_line(&self, text: &[u8], path: &Path) -> Option<FileError> {
        let lines = (self.first..).zip(&self.ranges).filter(|(_, (start, end))| start < end);
        lines.into_iter().find_map(|(line, (start, end))| {
            let source = Document::parse(text.get(*start..*end)?.to_vec()).err()?;
            Some(FileError::Line { path: path.to_owned(), line, source })
        })
    }
}
