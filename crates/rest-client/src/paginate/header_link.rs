//! A paginator for links in the `Link` header.

use catchment_json::Value;
use url::Url;

use super::Paginator;
use crate::error::Error;
use crate::link::link_of;
use crate::request::Request;
use crate::response::Response;

/// Follows the link with the relation `next` in the `Link` header (RFC 8288), as in the GitHub API. The pagination ends
/// without such a link. The next page is requested before the body of the current page arrives.
///
/// ```
/// use catchment_rest_client::{HeaderLink, RestClient};
///
/// let client = RestClient::builder().base_url("https://api.example.com").paginator(HeaderLink::default()).build()?;
/// let backwards = client.with_paginator(HeaderLink::new("prev"));
/// # Ok::<(), catchment_rest_client::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HeaderLink {
    relation: String,
    next: Option<Url>,
}

impl Default for HeaderLink {
    fn default() -> HeaderLink {
        HeaderLink::new("next")
    }
}

impl HeaderLink {
    /// Creates a paginator that follows another relation, `links_next_key` in specs.
    pub fn new(relation: impl Into<String>) -> HeaderLink {
        HeaderLink { relation: relation.into(), next: None }
    }
}

impl Paginator for HeaderLink {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.next = response.link(&self.relation)?;
        Ok(())
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

    fn needs_body(&self) -> bool {
        false
    }
}
