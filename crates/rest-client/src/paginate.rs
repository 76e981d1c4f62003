//! From one page to the next.

mod auto;
mod fetch;
mod header_link;
mod hint;
mod json_link;
mod page;
mod pages;
mod seen;
mod single_page;

use std::fmt::Debug;

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

pub use auto::Auto;
pub use header_link::HeaderLink;
pub use json_link::JsonLink;
pub use page::Page;
pub use pages::Pages;
pub(crate) use pages::pages;
pub use single_page::SinglePage;

/// Knows from an answer how to ask for the next page.
///
/// For every page, [`update_state`](Self::update_state) reads the answer and then, if there
/// [is a next page](Self::has_next_page), [`update_request`](Self::update_request) changes the request of this
/// page into that of the next one. Every pagination begins with a copy of the paginator that was configured.
///
/// ```
/// use catchment_rest_client::{Error, Paginator, Request, Response};
///
/// /// Follows an `X-Next-Page` header into the parameter `page`.
/// #[derive(Debug, Clone, Default)]
/// struct NextPageHeader {
///     next: Option<String>,
/// }
///
/// impl Paginator for NextPageHeader {
///     fn update_state(&mut self, response: &Response) -> Result<(), Error> {
///         self.next = response.headers().get("x-next-page").and_then(|page| page.to_str().ok()).map(str::to_owned);
///         Ok(())
///     }
///
///     fn has_next_page(&self) -> bool {
///         self.next.is_some()
///     }
///
///     fn update_request(&mut self, request: &mut Request) {
///         request.params.retain(|(name, _)| name != "page");
///         request.params.extend(self.next.take().map(|page| ("page".to_owned(), page)));
///     }
///
///     fn needs_body(&self) -> bool {
///         false
///     }
///
///     fn boxed(&self) -> Box<dyn Paginator> {
///         Box::new(self.clone())
///     }
/// }
/// ```
pub trait Paginator: Debug + Send + Sync {
    /// Learns from the answer with a page; [`Response::rows`] has its rows.
    ///
    /// # Errors
    ///
    /// Where the answer does not have what the paginator needs to know, or has it in another form. End of the
    /// pagination, see [`Response::error`].
    fn update_state(&mut self, response: &Response) -> Result<(), Error>;

    /// Whether there is a page after the last answer.
    fn has_next_page(&self) -> bool;

    /// Changes the request of the last page into that of the next one.
    fn update_request(&mut self, request: &mut Request);

    /// Whether `update_state` reads body or rows. Where it needs only the headers, the next page is requested
    /// before the body of this one is there: a copy of the paginator is shown an answer without a body then, and
    /// what it says is checked against the complete answer. Default: true.
    fn needs_body(&self) -> bool {
        true
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn Paginator>;
}

impl Clone for Box<dyn Paginator> {
    fn clone(&self) -> Box<dyn Paginator> {
        // not `self.boxed()`, which would be the box's own clone
        self.as_ref().boxed()
    }
}
