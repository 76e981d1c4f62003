//! Verification of guessed parameters.

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;

/// Detects a parameter without effect: the second page has the same rows as the first.
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

    /// Returns the parameter until the second page has verified it.
    pub(super) fn unverified(&self) -> Option<&str> {
        (!self.is_checked).then_some(self.param.as_str())
    }

    /// Reads a page.
    ///
    /// # Errors
    ///
    /// Returns an error if the second page has the same rows as the first.
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

/// Returns a checksum of the rows of a page. The rest of the body may differ, for example in a timestamp.
pub(super) fn rows_checksum(response: &Response) -> u32 {
    let mut text = String::new();
    for row in response.row_nodes() {
        row.write_json(&mut text);
        text.push(',');
    }
    crc32fast::hash(text.as_bytes())
}
