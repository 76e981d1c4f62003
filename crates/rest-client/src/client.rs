//! The client.

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
use crate::foreign;
use crate::page_memory::MemoryPermit;
use crate::paginate::{self, PaginationConfig, PaginationStream, Paginator};
use crate::redact::{remove_user, shown};
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::response_action::ResponseAction;
use crate::transport::Transport;
use crate::url_join::join;

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
    rules: Arc<RequestConfig>,
    base_url: Arc<str>,
    paging: PaginationConfig,
}

impl RestClient {
    /// Sets up a client.
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

    /// The same client with another paginator.
    #[must_use]
    pub fn with_paginator(mut self, paginator: impl Into<Box<dyn Paginator>>) -> RestClient {
        self.paging.paginator = paginator.into();
        self.paging.memory = self.paging.memory.with_new_estimate();
        self
    }

    /// The same client with another data selector.
    #[must_use]
    pub fn with_data_selector(mut self, selector: JsonPath) -> RestClient {
        self.paging.data_selector = Some(selector);
        self
    }

    /// The same client for pages that are not wanted before `turn` ends, where it has a limit for the memory of its pages:
    /// `turn` is called for each page that found no room beside others, and what its future gives is dropped when that page is
    /// handed out. See [`RestClientBuilder::limit_page_memory`].
    #[must_use]
    pub fn with_refetch_gate<F, T>(mut self, turn: impl Fn() -> F + Send + Sync + 'static) -> RestClient
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.paging.memory = self.paging.memory.gated_by(turn);
        self
    }

    /// Sets whether a response in which the named data selector finds no place for rows is an error; see
    /// [`RestClientBuilder::data_selector_required`].
    #[must_use]
    pub fn with_data_selector_required(mut self, required: bool) -> RestClient {
        self.paging.data_selector_required = required;
        self
    }

    /// The same client with other credentials, and without the cookies that came with the former ones.
    #[must_use]
    pub fn with_auth(mut self, auth: impl Auth + 'static) -> RestClient {
        let rules = Arc::make_mut(&mut self.rules);
        rules.auth = Some(Arc::new(auth));
        rules.cookies = Arc::default();
        self
    }

    /// The same client without credentials and cookies; headers stay.
    #[must_use]
    pub fn without_auth(mut self) -> RestClient {
        let rules = Arc::make_mut(&mut self.rules);
        rules.auth = None;
        rules.cookies = Arc::default();
        self
    }

    /// The same client with other response actions.
    #[must_use]
    pub fn with_response_actions(mut self, actions: impl IntoIterator<Item = ResponseAction>) -> RestClient {
        Arc::make_mut(&mut self.rules).response_actions = actions.into_iter().collect();
        self
    }

    /// The secrets that the client knows: those of [`RestClientBuilder::redactor`], and its own.
    pub fn redactor(&self) -> &Redactor {
        &self.rules.redactor
    }

    /// The URL as it may be shown: as [`redact`](crate::redact_url) has it, without the secrets that the client knows.
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

    /// A GET of `path`, to add parameters and headers to, or to change into another method. The path goes below the base URL; an absolute URL is
    /// taken as it is, and gets the headers of the client.
    ///
    /// # Errors
    ///
    /// Where base URL and path make no URL.
    pub fn request(&self, path: &str) -> Result<Request, Error> {
        let url = join(&self.base_url, path).map_err(|error| error.redacted(self.redactor()))?;
        Ok(Request::new(Method::GET, url))
    }

    /// Takes headers, credentials and secrets out of a request whose URL was made from data, such as a row, where that leads
    /// to another origin than `home` and the client does not [trust](RestClientBuilder::trusted_origin) it. Without `home` no
    /// other origin is trusted.
    ///
    /// The parts of parameters and body that are taken out are those whose names [sound secret](crate::is_secret_name), and
    /// those with a text that the request [hides](Request::add_secret).
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
    /// Where the URL itself has a hidden text in its path.
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
        foreign::remove_from_query(&mut request.url, redactor);
        if redactor.contains_secret(request.url.as_str()) {
            let origin = request.url.origin().ascii_serialization();
            return Err(Error::new(ErrorKind::SecretInForeignUrl { origin }).redacted(redactor));
        }
        Ok(request)
    }

    /// Gets one answer.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and where base URL and path make no URL.
    pub async fn get(&self, path: &str, params: &[(&str, &str)]) -> Result<Response, Error> {
        self.send(&self.request(path)?.params(params)).await
    }

    /// Posts a body, and gets one answer. It is sent again after a failure only where that is
    /// [safe](crate::RetryPolicy).
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and where base URL and path make no URL.
    pub async fn post(&self, path: &str, body: Body) -> Result<Response, Error> {
        self.send(&self.request(path)?.method(Method::POST).body(body)).await
    }

    /// Sends a request, again where the retry policy says so, and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Where no answer with a status of 200 to 299 comes, or its body is cut short or too large.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport.send(&self.rules, request, None, &mut MemoryPermit::default()).await
    }

    /// The pages that begin with the answer to `request`.
    ///
    /// Nothing is sent before the first page is asked for. While a page is worked on, the next one is fetched;
    /// dropping the pages cancels that. Must be polled inside a tokio runtime.
    pub fn paginate(&self, request: Request) -> PaginationStream {
        paginate::pages(Arc::clone(&self.transport), Arc::clone(&self.rules), request, self.paging.clone())
    }

    /// The request that the pages of `request` begin with: with the parameters that the paginator sets.
    ///
    /// # Errors
    ///
    /// Where the request has no place for what the paginator sets.
    pub fn prepare_first_request(&self, mut request: Request) -> Result<Request, Error> {
        let initialized = self.paging.paginator.clone().init_request(&mut request);
        let initialized = initialized.and_then(|()| Ok(request.check_length()?));
        initialized.map_err(|error| error.redacted(self.redactor()))?;
        Ok(request)
    }

    /// The pages that come after the one with this [position](crate::Page::position), in a pagination that begins with
    /// `request`.
    ///
    /// ```no_run
    /// # use catchment_rest_client::RestClient;
    /// # async fn example(client: RestClient) -> Result<(), catchment_rest_client::Error> {
    /// let mut pages = client.paginate(client.request("issues")?);
    /// let Some(first) = pages.next().await.transpose()? else { return Ok(()) };
    /// if let Some(position) = first.position {
    ///     // perhaps on another day
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
pub fn paginate(url: &str, params: &[(&str, &str)]) -> PaginationStream {
    let start = || {
        let client = RestClient::builder().build()?;
        let request = client.request(url)?.params(params);
        Ok(client.paginate(request))
    };
    start().unwrap_or_else(PaginationStream::from_error)
}
