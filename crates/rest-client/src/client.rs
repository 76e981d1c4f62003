//! REST API client.

use std::sync::Arc;

use catchment_json::{JsonPath, Value};
use catchment_settings::Redactor;
use reqwest::Method;
use url::Url;

use crate::auth::Auth;
use crate::body::Body;
use crate::builder::RestClientBuilder;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::page_memory::MemoryPermit;
use crate::paginate::{self, PaginationConfig, PaginationStream, Paginator, Probe};
use crate::redact::{remove_user, shown};
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::response_action::ResponseAction;
use crate::transport::Transport;
use crate::untrusted_origin;
use crate::url_join::join;

/// A client of one REST API. Clones are cheap and share connections.
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
    rules: Arc<RequestConfig>,
    base_url: Arc<str>,
    paging: PaginationConfig,
}

impl RestClient {
    /// Returns a builder with default settings.
    pub fn builder() -> RestClientBuilder {
        RestClientBuilder::default()
    }

    pub(crate) fn new(
        transport: Arc<Transport>,
        rules: RequestConfig,
        base_url: Arc<str>,
        paging: PaginationConfig,
    ) -> RestClient {
        RestClient { transport, rules: Arc::new(rules), base_url, paging }
    }

    /// Sets the paginator.
    #[must_use]
    pub fn with_paginator(mut self, paginator: impl Into<Box<dyn Paginator>>) -> RestClient {
        self.paging.paginator = paginator.into();
        self.paging.memory = self.paging.memory.with_new_estimate();
        self
    }

    /// Sets the data selector.
    #[must_use]
    pub fn with_data_selector(mut self, selector: JsonPath) -> RestClient {
        self.paging.data_selector = Some(selector);
        self
    }

    /// Sets a gate for pages that did not fit into the [shared memory limit](RestClientBuilder::limit_page_memory).
    ///
    /// The client awaits `gate` before it requests such a page again, and drops the output of `gate` once the page is
    /// yielded.
    #[must_use]
    pub fn with_refetch_gate<F, T>(mut self, gate: impl Fn() -> F + Send + Sync + 'static) -> RestClient
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.paging.memory = self.paging.memory.gated_by(gate);
        self
    }

    /// Sets whether a response in which the data selector finds no list, object or `null` is an error; see
    /// [`RestClientBuilder::data_selector_required`].
    #[must_use]
    pub fn with_data_selector_required(mut self, required: bool) -> RestClient {
        self.paging.data_selector_required = required;
        self
    }

    /// Sets the credentials, and discards the cookies that were received with the previous ones.
    #[must_use]
    pub fn with_auth(mut self, auth: impl Auth + 'static) -> RestClient {
        let rules = Arc::make_mut(&mut self.rules);
        rules.auth = Some(Arc::new(auth));
        rules.cookies = Arc::default();
        self
    }

    /// Removes credentials and cookies. Configured headers are kept.
    #[must_use]
    pub fn without_auth(mut self) -> RestClient {
        let rules = Arc::make_mut(&mut self.rules);
        rules.auth = None;
        rules.cookies = Arc::default();
        self
    }

    /// Sets the response actions, replacing the existing ones.
    #[must_use]
    pub fn with_response_actions(mut self, actions: impl IntoIterator<Item = ResponseAction>) -> RestClient {
        Arc::make_mut(&mut self.rules).response_actions = actions.into_iter().collect();
        self
    }

    /// Returns the redactor, which holds the secrets of the client and those of [`RestClientBuilder::redactor`].
    pub fn redactor(&self) -> &Redactor {
        &self.rules.redactor
    }

    /// Returns the URL as [`redact_url`](crate::redact_url) does, and masks the secrets of the redactor too.
    ///
    /// ```
    /// use catchment_rest_client::{RestClient, Secret, Url};
    ///
    /// let client = RestClient::builder().build()?;
    /// client.redactor().add(&Secret::from("bot-12345"));
    /// let url = Url::parse("https://api.example.com/bot-12345/issues?key=42&page=2")?;
    /// assert_eq!(client.redacted_url(&url), "https://api.example.com/***/issues?key=***&page=2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn redacted_url(&self, url: &Url) -> String {
        shown(url, self.redactor())
    }

    /// Creates a GET request for `path`.
    ///
    /// The path is appended to the base URL. An absolute URL is used unchanged, and also gets the headers of the client.
    ///
    /// # Errors
    ///
    /// Returns an error if base URL and path do not form a valid URL.
    pub fn request(&self, path: &str) -> Result<Request, Error> {
        let url = join(&self.base_url, path).map_err(|error| error.redacted(self.redactor()))?;
        Ok(Request::new(Method::GET, url))
    }

    /// Strips headers, credentials and secrets from a request whose URL comes from data, such as a row.
    ///
    /// A request to the origin of `home` or to a [trusted origin](RestClientBuilder::trusted_origin) is returned unchanged.
    /// Without `home` only trusted origins are.
    ///
    /// Removes the parameters and body fields that have [secret names](crate::is_secret_name) or contain a secret of the
    /// [redactor](Self::redactor) or of the [request](Request::add_secret).
    ///
    /// ```
    /// use catchment_rest_client::{RestClient, Url};
    ///
    /// let client = RestClient::builder().base_url("https://api.example.com").build()?;
    /// let home = Url::parse("https://api.example.com")?;
    /// let request = client.request("https://files.example.org/1")?.param("api_key", "s3cret");
    /// assert_eq!(client.restrict_to_origin(request, Some(&home))?.full_url().as_str(), "https://files.example.org/1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the rest of the URL contains a secret, for example in its path.
    pub fn restrict_to_origin(&self, mut request: Request, home: Option<&Url>) -> Result<Request, Error> {
        let is_trusted = match home {
            Some(home) => self.rules.is_trusted_from(home, &request.url),
            None => self.rules.is_trusted_origin(&request.url),
        };
        if is_trusted {
            return Ok(request);
        }
        let redactor = self.redactor();
        request.add_secrets(redactor);
        request.strip_credentials(redactor);
        remove_user(&mut request.url);
        untrusted_origin::remove_from_query(&mut request.url, redactor);
        if redactor.contains_secret(request.url.as_str()) {
            let origin = request.url.origin().ascii_serialization();
            return Err(Error::new(ErrorKind::SecretInForeignUrl { origin }).redacted(redactor));
        }
        Ok(request)
    }

    /// Sends a GET request with `params` in its query, and returns the response.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`send`](Self::send), and an error if base URL and path do not form a valid URL.
    pub async fn get(&self, path: &str, params: &[(&str, &str)]) -> Result<Response, Error> {
        self.send(&self.request(path)?.params(params)).await
    }

    /// Sends a POST request, and returns the response. It is retried only if that is [safe](crate::RetryPolicy).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`send`](Self::send), and an error if base URL and path do not form a valid URL.
    pub async fn post(&self, path: &str, body: Body) -> Result<Response, Error> {
        self.send(&self.request(path)?.method(Method::POST).body(body)).await
    }

    /// Sends a request, retries it by the retry policy, and reads the complete response.
    ///
    /// # Errors
    ///
    /// Returns an error if no attempt gets a response with a status of 200 to 299, or its body is incomplete or too large.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport.send(&self.rules, request, None, &mut MemoryPermit::default()).await
    }

    /// Returns the pages that start with the response to `request`.
    ///
    /// No request is sent before the first page is polled. The next page is prefetched while the caller processes one;
    /// dropping the stream cancels it. Must be polled inside a tokio runtime.
    pub fn paginate(&self, request: Request) -> PaginationStream {
        paginate::pages(Arc::clone(&self.transport), Arc::clone(&self.rules), request, self.paging.clone())
    }

    /// Returns the first request of a pagination: `request` with the parameters that the paginator sets.
    ///
    /// # Errors
    ///
    /// Returns an error if the paginator cannot set its parameters in the request, or the URL is too long.
    pub fn prepare_first_request(&self, mut request: Request) -> Result<Request, Error> {
        let initialized = self.paging.paginator.clone().init_request(&mut request);
        let initialized = initialized.and_then(|()| Ok(request.check_length()?));
        initialized.map_err(|error| error.redacted(self.redactor()))?;
        Ok(request)
    }

    /// Sends the first request of a pagination, and reports the rows, the pagination and the data selector found in the
    /// response.
    ///
    /// ```no_run
    /// use catchment_rest_client::RestClient;
    ///
    /// # async fn example() -> Result<(), catchment_rest_client::Error> {
    /// let client = RestClient::builder().base_url("https://api.example.com/v1").build()?;
    /// let probe = client.probe(client.request("issues")?).await?;
    /// println!("{} rows, further pages: {}", probe.rows.ids.len(), probe.has_next_page);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of the first page of [`paginate`](Self::paginate).
    pub async fn probe(&self, request: Request) -> Result<Probe, Error> {
        paginate::probe(&self.transport, &self.rules, request, self.paging.clone()).await
    }

    /// Resumes the pagination of `request` after the page with this [position](crate::Page::position).
    ///
    /// ```no_run
    /// # use catchment_rest_client::RestClient;
    /// # async fn example(client: RestClient) -> Result<(), catchment_rest_client::Error> {
    /// let mut pages = client.paginate(client.request("issues")?);
    /// let Some(first) = pages.next().await.transpose()? else { return Ok(()) };
    /// if let Some(position) = first.position {
    ///     // possibly in a later process
    ///     let rest = client.paginate_from(client.request("issues")?, &position);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn paginate_from(&self, request: Request, position: &Value) -> PaginationStream {
        let mut paging = self.paging.clone();
        paging.position = Some(position.clone());
        paginate::pages(Arc::clone(&self.transport), Arc::clone(&self.rules), request, paging)
    }
}

/// Returns the pages that start at `url` with `params` in its query, fetched by a new client with default settings.
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
pub fn paginate(url: &str, params: &[(&str, &str)]) -> PaginationStream {
    let start = || {
        let client = RestClient::builder().build()?;
        let request = client.request(url)?.params(params);
        Ok(client.paginate(request))
    };
    start().unwrap_or_else(PaginationStream::from_error)
}
