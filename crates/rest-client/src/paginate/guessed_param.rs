//! Parameters whose names were guessed.

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// Notices that a parameter changes nothing: the second page has the rows of the first one.
#[derive(Debug, Clone)]
pub(super) struct GuessedParam {
    param: String,
    first: Option<u32>,
    is_checked: bool,
}

impl GuessedParam {
    pub(super) fn new(param: &str) -> GuessedParam {
        GuessedParam { param: param.to_owned(), first: None, is_checked: false }
    }

    /// The parameter, until the second page has shown that it works.
    pub(super) fn unverified(&self) -> Option<&str> {
        (!self.is_checked).then_some(self.param.as_str())
    }

    /// Shown every page.
    pub(super) fn check(&mut self, response: &Response) -> Result<(), Error> {
        if self.is_checked {
            return Ok(());
        }
        let rows = rows_checksum(response);
        let Some(first) = self.first.replace(rows) else { return Ok(()) };
        self.is_checked = true;
        if first == rows && !response.rows().ids.is_empty() {
            return Err(response.error(ErrorKind::IgnoredParameter { param: self.param.clone() }));
        }
        Ok(())
    }
}

/// A checksum of the rows of a page. The rest of a body may have the time in it.
pub(super) fn rows_checksum(response: &Response) -> u32 {
    let mut text = String::new();
    for row in response.row_nodes() {
        row.write_json(&mut text);
        text.push(',');
    }
    crc32fast::hash(text.as_bytes())
}
