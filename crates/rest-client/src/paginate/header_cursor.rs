//! A paginator for cursors in a header.

use catchment_json::Value;

use super::Paginator;
use super::cursor::Cursor;
use super::next_link;
use super::param::ParamTarget;
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Sends the value of a response header in a query parameter of the next request. The pagination ends if the header is
/// missing or empty.
///
/// ```
/// use catchment_rest_client::HeaderCursor;
///
/// // `X-Next: abc` leads to `?after=abc`; the defaults are `next` and `cursor`
/// let paginator = HeaderCursor::new().cursor_key("X-Next").cursor_param("after");
/// ```
#[derive(Debug, Clone)]
pub struct HeaderCursor {
    key: String,
    cursor: Cursor,
    warning: Option<String>,
}

impl Default for HeaderCursor {
    fn default() -> HeaderCursor {
        HeaderCursor::new()
    }
}

impl HeaderCursor {
    /// Creates a paginator with the defaults.
    pub fn new() -> HeaderCursor {
        HeaderCursor { key: "next".to_owned(), cursor: Cursor::new("cursor"), warning: None }
    }

    /// Sets the name of the header. Default: `next`.
    #[must_use]
    pub fn cursor_key(mut self, name: impl Into<String>) -> Self {
        self.key = name.into();
        self
    }

    /// Sets the query parameter. Default: `cursor`.
    #[must_use]
    pub fn cursor_param(mut self, name: impl Into<String>) -> Self {
        self.cursor.param = ParamTarget::Query(name.into());
        self
    }
}

impl Paginator for HeaderCursor {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let value = response.headers().get(&self.key).map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned());
        self.cursor.next = value.filter(|value| !value.is_empty()).map(Value::from);
        if self.cursor.next.is_none() {
            self.warning = next_link::unfollowed_link(response);
        }
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.cursor.next.is_some()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.cursor.update_request(request)
    }

    fn needs_body(&self) -> bool {
        false
    }

    fn position(&self) -> Option<Value> {
        self.cursor.next.clone()
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.cursor.resume(position);
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        self.warning.take().into_iter().collect()
    }
}
