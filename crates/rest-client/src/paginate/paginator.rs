//! The `Paginator` trait.

use std::fmt::Debug;

use catchment_json::Value;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Derives the request of the next page from a response.
///
/// [`init_request`](Self::init_request) prepares the first request. For every page,
/// [`update_state`](Self::update_state) reads the response; if there [is a next page](Self::has_next_page),
/// [`update_request`](Self::update_request) turns the request of this page into that of the next page. Every pagination
/// starts with a clone of the configured paginator, so a paginator must be [`Clone`].
///
/// ```
/// use catchment_rest_client::{Error, HeaderMap, Paginator, Request, Response, Url};
///
/// /// Sends the value of the `X-Next-Page` header in the parameter `page`.
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
///     fn update_request(&mut self, request: &mut Request) -> Result<(), Error> {
///         if let Some(page) = self.next.take() {
///             request.set_param("page", page);
///         }
///         Ok(())
///     }
/// }
///
/// // test without a server
/// let url = Url::parse("https://api.example.com/issues")?;
/// let mut headers = HeaderMap::new();
/// headers.insert("x-next-page", "2".parse()?);
/// let mut paginator = NextPageHeader::default();
/// paginator.update_state(&Response::from_parts(url.clone(), 200, headers, "[1]")?)?;
/// let mut request = Request::get(url);
/// paginator.update_request(&mut request)?;
/// assert_eq!(request.full_url().as_str(), "https://api.example.com/issues?page=2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Paginator: ClonePaginator + Debug + Send + Sync {
    /// Prepares the first request, for example sets its page number. Default: no change.
    ///
    /// # Errors
    ///
    /// Returns an error if the settings of the paginator are invalid, or if the request cannot hold its parameters.
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        let _ = request;
        Ok(())
    }

    /// Reads the response with a page; [`Response::rows`] contains its rows.
    ///
    /// # Errors
    ///
    /// Returns an error if the response lacks a field that the paginator requires, or if the field has the wrong type. The
    /// error ends the pagination; see [`Response::error`].
    fn update_state(&mut self, response: &Response) -> Result<(), Error>;

    /// Returns whether a page follows the last response.
    fn has_next_page(&self) -> bool;

    /// Turns the request of the last page into that of the next page.
    ///
    /// # Errors
    ///
    /// Returns an error if the request cannot hold the parameters of the paginator.
    fn update_request(&mut self, request: &mut Request) -> Result<(), Error>;

    /// Returns whether `update_state` reads the body or the rows. If it needs only the headers, the next page is requested
    /// before the body of the current page arrives: a clone of the paginator reads a response without a body, and its result
    /// is verified with the complete response. Default: true.
    fn needs_body(&self) -> bool {
        true
    }

    /// Returns whether the last response was only a probe, whose rows are not part of the result. Default: false.
    fn is_probe_page(&self) -> bool {
        false
    }

    /// Takes the warnings about the last response, for [`Page::warnings`](crate::Page::warnings). Each is a statement that
    /// names the URL. Default: none.
    fn take_warnings(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Explains the failure of a request whose parameters this paginator guessed. The text is added to the error. Default:
    /// `None`.
    fn explain_failure(&self) -> Option<String> {
        None
    }

    /// Predicts the requests of at most `pages` pages after `next`, the request from `update_request`. They are prefetched
    /// if the client has [`parallel_pages`](crate::RestClientBuilder::parallel_pages). Default: none.
    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        let _ = (next, pages);
        Vec::new()
    }

    /// Returns the position of the next page, from which another pagination can resume. Called after `update_state` and
    /// before `update_request`. Default: `None`; the paginator cannot resume.
    fn position(&self) -> Option<Value> {
        None
    }

    /// Restores a position from [`position`](Self::position). A call of `update_request` with the first request follows.
    ///
    /// # Errors
    ///
    /// Returns an error if the position is not valid for this paginator. Default: always returns an error.
    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        Err(ErrorKind::InvalidPosition { found: position.type_name() }.into())
    }
}

/// A paginator that can be cloned behind a box. Implemented for every paginator with [`Clone`].
#[diagnostic::on_unimplemented(
    message = "the paginator `{Self}` cannot be cloned",
    label = "derive or implement `Clone` for this type",
    note = "every pagination starts with a clone of the paginator"
)]
pub trait ClonePaginator {
    /// Returns a boxed clone.
    fn clone_box(&self) -> Box<dyn Paginator>;
}

impl<P: Paginator + Clone + 'static> ClonePaginator for P {
    fn clone_box(&self) -> Box<dyn Paginator> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Paginator> {
    fn clone(&self) -> Box<dyn Paginator> {
        self.as_ref().clone_box()
    }
}

impl<P: Paginator + 'static> From<P> for Box<dyn Paginator> {
    fn from(paginator: P) -> Box<dyn Paginator> {
        Box::new(paginator)
    }
}
