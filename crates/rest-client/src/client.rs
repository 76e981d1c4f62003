//! The client.

use std::sync::Arc;

use catchment_json::Path;
use reqwest::Method;

use crate::builder::RestClientBuilder;
use crate::error::Error;
use crate::join::join;
use crate::paginate::{self, Pages, Paginator};
use crate::request::Request;
use crate::response::Response;
use crate::transport::Transport;

/// A client of one REST API. Clones are cheap and share the connections.
///
/// ```no_run
/// use catchment_rest_client::RestClient;
///
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let client = RestClient::builder()
///     .base_url("https://api.example.com/v1")
///     .header("Authorization", "Bearer …")
///     .build()?;
/// let user = client.get("user", &[("verbose", "1")]).await?;
/// println!("{:?}", user.document()?.root().get("name"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RestClient {
    transport: Arc<Transport>,
    base_url: Arc<str>,
    paginator: Box<dyn Paginator>,
    data_selector: Option<Path>,
}

impl RestClient {
    /// Sets up a client.
    pub fn builder() -> RestClientBuilder {
        RestClientBuilder::default()
    }

    pub(crate) fn new(
        transport: Arc<Transport>,
        base_url: Arc<str>,
        paginator: Box<dyn Paginator>,
        data_selector: Option<Path>,
    ) -> RestClient {
        RestClient { transport, base_url, paginator, data_selector }
    }

    /// The same client with another paginator.
    #[must_use]
    pub fn with_paginator(mut self, paginator: impl Paginator + 'static) -> RestClient {
        self.paginator = Box::new(paginator);
        self
    }

    /// The same client with another data selector.
    #[must_use]
    pub fn with_data_selector(mut self, selector: Path) -> RestClient {
        self.data_selector = Some(selector);
        self
    }

    /// A GET of `path`, to add parameters and headers to. The path goes below the base URL; an absolute URL is
    /// taken as it is, and gets the headers of the client.
    ///
    /// # Errors
    ///
    /// Where base URL and path make no URL.
    pub fn request(&self, path: &str) -> Result<Request, Error> {
        Ok(Request::new(Method::GET, join(&self.base_url, path)?))
    }

    /// Gets one answer.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and where base URL and path make no URL.
    pub async fn get(&self, path: &str, params: &[(&str, &str)]) -> Result<Response, Error> {
        self.send(&self.request(path)?.params(params)).await
    }

    /// Sends a request, again where the retry policy says so, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Where no answer with a status of 200 to 299 comes, or its body is cut short or too large.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport.send(request, None).await
    }

    /// The pages that begin with the answer to `request`.
    ///
    /// Nothing is sent before the first page is asked for. While a page is worked on, the next one is fetched;
    /// dropping the pages cancels that. Must be polled inside a tokio runtime.
    pub fn paginate(&self, request: Request) -> Pages {
        paginate::pages(Arc::clone(&self.transport), request, self.paginator.clone(), self.data_selector.clone())
    }
}

/// The pages that begin at `url` with `params` in its query, with a client made for them alone that has all defaults.
///
/// ```no_run
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let mut pages = catchment_rest_client::paginate("https://api.example.com/issues", &[("state", "open")]);
/// while let Some(page) = pages.next().await {
///     println!("{} rows", page?.rows.ids.len());
/// }
/// # Ok(())
/// # }
/// ```
pub fn paginate(url: &str, params: &[(&str, &str)]) -> Pages {
    let start = || {
        let client = RestClient::builder().build()?;
        let request = client.request(url)?.params(params);
        Ok(client.paginate(request))
    };
    start().unwrap_or_else(Pages::failed)
}
