//! What all paginators have in common.

use std::fmt::Debug;

use catchment_json::Value;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::request::Request;
use crate::response::Response;

/// Knows from an answer how to ask for the next page.
///
/// The first request is given to [`init_request`](Self::init_request). For every page,
/// [`update_state`](Self::update_state) reads the answer and then, if there [is a next page](Self::has_next_page),
/// [`update_request`](Self::update_request) changes the request of this page into that of the next one. Every
/// pagination begins with a copy of the paginator that was configured.
///
/// ```
/// use catchment_rest_client::{Error, HeaderMap, Paginator, Request, Response, Url};
///
/// /// Follows an `X-NextRequest-Page` header into the parameter `page`.
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
///
///     fn needs_body(&self) -> bool {
///         false
///     }
///
///     fn clone_box(&self) -> Box<dyn Paginator> {
///         Box::new(self.clone())
///     }
/// }
///
/// // how it is tested, without a server
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
pub trait Paginator: Debug + Send + Sync {
    /// Sets what the first request needs, such as its number. Default: nothing.
    ///
    /// # Errors
    ///
    /// Where the settings of the paginator make no sense, or the request has no place for what it sets.
    fn init_request(&mut self, request: &mut Request) -> Result<(), Error> {
        let _ = request;
        Ok(())
    }

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
    ///
    /// # Errors
    ///
    /// Where the request has no place for what it sets.
    fn update_request(&mut self, request: &mut Request) -> Result<(), Error>;

    /// Whether `update_state` reads body or rows. Where it needs only the headers, the next page is requested
    /// before the body of this one is there: a copy of the paginator is shown an answer without a body then, and
    /// what it says is checked against the complete answer. Default: true.
    fn needs_body(&self) -> bool {
        true
    }

    /// Whether the answer that it was shown last is no page of its own, but was only asked for to find out. Default:
    /// false.
    fn is_probe_page(&self) -> bool {
        false
    }

    /// Takes the warnings about the response it was shown last, for [`Page::warnings`](crate::Page::warnings): statements
    /// that name the URL. Default: none.
    fn take_warnings(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Explains a request that failed, where this paginator made up what it asked for. The text is appended to the error.
    /// Default: nothing.
    fn explain_failure(&self) -> Option<String> {
        None
    }

    /// The requests of at most `pages` pages after `next`, which is what `update_request` made, as they will be if
    /// the answers bring nothing new. They are fetched ahead where the client has
    /// [`parallel_pages`](crate::RestClientBuilder::parallel_pages). Default: none, as nothing is known of them.
    fn lookahead_requests(&self, next: &Request, pages: usize) -> Vec<Request> {
        let _ = (next, pages);
        Vec::new()
    }

    /// Where the next page is, after `update_state` and before `update_request`: enough to go on from there in another
    /// pagination. Default: nothing, as it cannot go on.
    fn position(&self) -> Option<Value> {
        None
    }

    /// Goes to a position that [`position`](Self::position) gave. `update_request` follows, with the first request.
    ///
    /// # Errors
    ///
    /// Where that is no position of this paginator. Default: always.
    fn resume(&mut self, position: &Value) -> Result<(), Error> {
        Err(ErrorKind::InvalidPosition { found: position.type_name() }.into())
    }

    /// A copy.
    fn clone_box(&self) -> Box<dyn Paginator>;
}

impl Clone for Box<dyn Paginator> {
    fn clone(&self) -> Box<dyn Paginator> {
        // not `self.boxed()`, which would be the box's own clone
        self.as_ref().clone_box()
    }
}

impl<P: Paginator + 'static> From<P> for Box<dyn Paginator> {
    fn from(paginator: P) -> Box<dyn Paginator> {
        Box::new(paginator)
    }
}
