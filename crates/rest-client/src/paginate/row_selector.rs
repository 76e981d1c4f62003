//! Selection of the rows of the pages of a pagination.

use catchment_json::{Document, JsonPath};

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;
use crate::select::{self, RowsLayout, SelectedRows};
use crate::{error_body, missing_rows};

/// The configured or detected path of the rows.
pub(super) struct RowSelector {
    path: Option<JsonPath>,
    is_configured: bool,
    is_required: bool,
}

impl RowSelector {
    /// Creates a selector with the `configured` path, or one that detects it. If a configured path `is_required`, a page
    /// without a match is an error.
    pub(super) fn new(configured: Option<JsonPath>, is_required: bool) -> RowSelector {
        RowSelector { is_configured: configured.is_some(), path: configured, is_required }
    }

    /// Returns the configured path, or the one that was detected in earlier pages.
    pub(super) fn path(&self) -> Option<&JsonPath> {
        self.path.as_ref()
    }

    /// Returns the rows of a page, and a warning if the path matches nothing or `null`. Detects the path until one is found:
    /// an object without a list, such as an empty first page, says nothing about later pages.
    ///
    /// # Errors
    ///
    /// Returns an error if a required path matches nothing, or if the page is an error message.
    pub(super) fn select(&mut self, document: &Document, response: &Response) -> Result<(SelectedRows, Option<String>), Error> {
        if self.path.is_none() {
            self.path = select::detect_selector(document);
        }
        let path = self.path.as_ref();
        let rows = select::select(document, path).map_err(|error| response.error(ErrorKind::SelectorLimit(error)))?;
        let checked = match path.filter(|_| self.is_configured) {
            Some(path) if self.is_required => missing_rows::check(document, path, &rows),
            Some(_) => Ok(()),
            None => error_body::check(document, path, &rows),
        };
        checked.map_err(|kind| response.error(kind))?;
        let found = match rows.shape {
            RowsLayout::Null => "null",
            RowsLayout::Missing => "nothing",
            RowsLayout::List | RowsLayout::Single => return Ok((rows, None)),
        };
        let location = path.map_or("$", JsonPath::as_str);
        let warning = format!("{} has {found} at {location} instead of rows: the page has no rows", response.shown_url());
        Ok((rows, Some(warning)))
    }
}
