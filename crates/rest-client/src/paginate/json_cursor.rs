//! A paginator for cursors in the body.

use catchment_json::{JsonPath, NodeKind, Value};

use super::Paginator;
use super::cursor::Cursor;
use super::next_link;
use super::param::ParamTarget;
use super::stepped_counter::read_has_more;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Sends a value of the response body in a parameter of the next request. The pagination ends if the value is missing,
/// `null`, `false`, empty or 0.
///
/// By default, the value is at `cursors.next` and the parameter is `cursor` in the query.
///
/// ```
/// use catchment_rest_client::{JsonCursor, JsonPath};
///
/// let by_meta = JsonCursor::new().cursor_path(JsonPath::parse("meta.next_cursor")?).cursor_param("after");
/// let in_the_body = JsonCursor::new().cursor_body_path("paging.cursor").stop_after_empty_page(true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct JsonCursor {
    path: JsonPath,
    cursor: Cursor,
    stop_after_empty_page: bool,
    has_more_path: Option<JsonPath>,
    warning: Option<String>,
}

impl Default for JsonCursor {
    fn default() -> JsonCursor {
        JsonCursor::new()
    }
}

impl JsonCursor {
    /// Creates a paginator with the defaults.
    pub fn new() -> JsonCursor {
        let path = JsonPath::from_keys(["cursors", "next"]);
        let cursor = Cursor::new("cursor");
        JsonCursor { path, cursor, stop_after_empty_page: false, has_more_path: None, warning: None }
    }

    /// Sets the path of the value. Default: `cursors.next`.
    #[must_use]
    pub fn cursor_path(mut self, path: JsonPath) -> Self {
        self.path = path;
        self
    }

    /// Sets the query parameter. Default: `cursor`.
    #[must_use]
    pub fn cursor_param(mut self, name: impl Into<String>) -> Self {
        self.cursor.param = ParamTarget::Query(name.into());
        self
    }

    /// Sets a dotted path in the request body, which replaces the query parameter.
    #[must_use]
    pub fn cursor_body_path(mut self, path: impl Into<String>) -> Self {
        self.cursor.param = ParamTarget::Body(path.into());
        self
    }

    /// Sets whether a page without rows is the last one even if it has a cursor, for APIs whose cursors never end.
    /// Default: false.
    #[must_use]
    pub fn stop_after_empty_page(mut self, stop: bool) -> Self {
        self.stop_after_empty_page = stop;
        self
    }

    /// Sets the path of a flag that indicates whether further pages exist. A response without the flag is an error.
    #[must_use]
    pub fn has_more_path(mut self, path: JsonPath) -> Self {
        self.has_more_path = Some(path);
        self
    }

    fn next(&mut self, response: &Response) -> Result<Option<Value>, Error> {
        if self.stop_after_empty_page && response.rows().ids.is_empty() {
            return Ok(None);
        }
        if !read_has_more(self.has_more_path.as_ref(), response)? {
            return Ok(None);
        }
        let Some(node) = self.path.first(response.document()?.root()) else {
            self.warning = next_link::unfollowed_link(response);
            return Ok(None);
        };
        match node.kind() {
            NodeKind::Null => Ok(None),
            NodeKind::Bool if node.as_bool() == Some(false) => Ok(None),
            NodeKind::String => Ok(Some(node.to_value()).filter(|value| value.as_str() != Some(""))),
            NodeKind::Integer | NodeKind::Float => Ok(Some(node.to_value()).filter(|value| value.as_i64() != Some(0))),
            NodeKind::Array if node.elements().next().is_none() => Ok(None),
            NodeKind::Object if node.entries().next().is_none() => Ok(None),
            NodeKind::Bool | NodeKind::Array | NodeKind::Object => Err(response.error(ErrorKind::UnexpectedField {
                setting: "cursor_path",
                path: self.path.to_string(),
                expected: "a string or a number",
                found: node.excerpt(40),
                hint: "correct it",
            })),
        }
    }
}

impl Paginator for JsonCursor {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.cursor.next = self.next(response)?;
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.cursor.next.is_some()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        self.cursor.update_request(request)
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
