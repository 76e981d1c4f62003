//! Links in the `Link` header.

use reqwest::header::LINK;
use url::Url;

use super::Paginator;
use super::link_header;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Follows the link with the relation `next` in the `Link` headers, as GitHub has it.
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
    /// Follows another relation, `links_next_key` in specs.
    pub fn new(relation: impl Into<String>) -> HeaderLink {
        HeaderLink { relation: relation.into(), next: None }
    }

    /// The link to follow, as it stands in the headers.
    pub(super) fn find(&self, response: &Response) -> Option<String> {
        let values = response.headers().get_all(LINK).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).find_map(|value| link_header::find(&value, &self.relation))
    }
}

impl Paginator for HeaderLink {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        self.next = self.find(response).map(|link| resolve(response, &link, "in the header link")).transpose()?;
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.next.is_some()
    }

    fn update_request(&mut self, request: &mut Request) {
        if let Some(next) = self.next.take() {
            request.follow(next);
        }
    }

    fn needs_body(&self) -> bool {
        false
    }

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}

/// The URL of a link that stands in `response` at `place`, relative to the URL that answered.
pub(super) fn resolve(response: &Response, link: &str, place: &str) -> Result<Url, Error> {
    match response.url().join(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => {
            // a query may hold secrets, and redaction needs a URL
            let found = format!("{:?}", link.split(['?', '#']).next().unwrap_or_default());
            Err(response.error(ErrorKind::InvalidNextLink { place: place.to_owned(), found }))
        }
    }
}
