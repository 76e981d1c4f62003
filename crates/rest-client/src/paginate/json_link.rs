//! A paginator for links in the body.

use catchment_json::{JsonPath, NodeKind, Value};
use url::Url;

use super::{Paginator, next_link};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::link::{link_of, resolve};
use crate::request::Request;
use crate::response::Response;

/// Follows a URL in the body. The pagination ends if it is missing, `null`, `false` or empty; any other value that is not a
/// string is an error.
///
/// ```
/// use catchment_rest_client::{JsonLink, JsonPath};
///
/// // {"links": [{"rel": "self", "href": "…"}, {"rel": "next", "href": "…"}], "items": […]}
/// let paginator = JsonLink::new(JsonPath::parse("links[?@.rel == 'next'].href")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct JsonLink {
    next_url_path: JsonPath,
    next: Option<Url>,
    warning: Option<String>,
}

impl Default for JsonLink {
    fn default() -> JsonLink {
        JsonLink::new(JsonPath::key("next"))
    }
}

impl JsonLink {
    /// Creates a paginator that follows the URL at a path. Default: `next`.
    pub fn new(next_url_path: JsonPath) -> JsonLink {
        JsonLink { next_url_path, next: None, warning: None }
    }
}

impl Paginator for JsonLink {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.next = None;
        let Some(node) = self.next_url_path.first(response.document()?.root()) else {
            self.warning = next_link::unfollowed_link(response);
            return Ok(());
        };
        let location = || format!("at {}", self.next_url_path);
        let found = match node.kind() {
            NodeKind::Null => return Ok(()),
            NodeKind::Bool if node.as_bool() == Some(false) => return Ok(()),
            NodeKind::String => {
                let link = node.as_str().unwrap_or_default();
                self.next = (!link.is_empty()).then(|| resolve(response, &link, &location())).transpose()?;
                return Ok(());
            }
            NodeKind::Bool => "true",
            NodeKind::Integer | NodeKind::Float => "a number",
            NodeKind::Array => "a list",
            NodeKind::Object => "an object",
        };
        Err(response.error(ErrorKind::InvalidNextLink { location: location(), found: found.to_owned() }))
    }

    fn has_next_page(&self) -> bool {
        self.next.is_some()
    }

    fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
        if let Some(next) = self.next.take() {
            request.set_next_link(next);
        }
        Ok(())
    }

    fn position(&self) -> Option<Value> {
        self.next.as_ref().map(|next| Value::from(next.as_str()))
    }

    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        self.next = Some(link_of(position)?);
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        self.warning.take().into_iter().collect()
    }
}
