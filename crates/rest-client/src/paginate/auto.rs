//! Finding out how an API has its pages.

use super::header_link::HeaderLink;
use super::json_link::JsonLink;
use super::single_page::SinglePage;
use super::{Paginator, hint};
use crate::error::Error;
use crate::redact::redact;
use crate::request::Request;
use crate::response::Response;
use crate::select::Shape;

/// Finds the paginator from the first page: [`HeaderLink`] where a `Link` header has the relation `next`, else
/// [`JsonLink`] where the body has a link under a key that begins with `next`, else [`SinglePage`].
///
/// Where the first page has a number of pages or a cursor, which cannot be followed without knowing the
/// parameter that the API expects it in, the pages end with a warning.
#[derive(Debug, Clone, Default)]
pub struct Auto {
    found: Option<Box<dyn Paginator>>,
}

fn detect(response: &Response) -> Result<Box<dyn Paginator>, Error> {
    if response.link("next")?.is_some() {
        return Ok(Box::new(HeaderLink::default()));
    }
    let document = response.document()?;
    if let Some(path) = hint::link(document) {
        return Ok(Box::new(JsonLink::new(path)));
    }
    // a single object may well have a key like `next_billing_date`
    if response.rows().shape == Shape::List
        && let Some(path) = hint::more(document)
    {
        tracing::warn!(
            "{} has more pages, as {path} says, but how to ask for them is not known: only the first page is read; name a paginator",
            redact(response.url()),
        );
    }
    Ok(Box::new(SinglePage))
}

impl Paginator for Auto {
    fn update_state(&mut self, response: &Response) -> Result<(), Error> {
        let mut paginator = match self.found.take() {
            Some(found) => found,
            None => {
                let found = detect(response)?;
                tracing::debug!("{} has its pages by {found:?}", redact(response.url()));
                found
            }
        };
        paginator.update_state(response)?;
        self.found = Some(paginator);
        Ok(())
    }

    fn has_next_page(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.has_next_page())
    }

    fn update_request(&mut self, request: &mut Request) {
        if let Some(found) = &mut self.found {
            found.update_request(request);
        }
    }

    fn needs_body(&self) -> bool {
        self.found.as_ref().is_none_or(|found| found.needs_body())
    }

    fn boxed(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}
