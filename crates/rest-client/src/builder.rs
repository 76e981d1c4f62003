//! Builder of the client.

use std::sync::Arc;
use std::time::Duration;

use catchment_json::JsonPath;
use catchment_settings::{Redactor, Secret};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

use crate::auth::Auth;
use crate::client::RestClient;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::page_memory::PageMemoryBudget;
use crate::paginate::{PaginationConfig, Paginator};
use crate::rate_limiter::{RateLimit, RateLimiter};
use crate::recording::{Recorder, Recording};
use crate::request::header;
use crate::request_config::RequestConfig;
use crate::response_action::ResponseAction;
use crate::retry::RetryPolicy;
use crate::transport::{ResponseSource, Transport};
use crate::url_join::join;

/// Default memory limit of a response: enough for a body of 300 MB, or for 150 MB of JSON with short values.
pub(crate) const DEFAULT_MAX_RESPONSE_BYTES: usize = 352 << 20;

/// Divisor of the memory limit of a response that gives the budget shared by all pages in flight.
const SHARED_PART: usize = 4;

/// A builder for a [`RestClient`], returned by [`RestClient::builder`].
#[derive(Debug, Clone)]
pub struct RestClientBuilder {
    base_url: String,
    // validated in `build`
    headers: Vec<(String, Secret)>,
    trusted_origins: Vec<String>,
    rules: RequestConfig,
    paging: PaginationConfig,
    limit: RateLimit,
    timeout: Duration,
    user_agent: String,
    max_response_bytes: usize,
    limits_page_memory: bool,
    http: Option<Http>,
    traffic: Traffic,
}

/// Whether requests are sent, recorded or replayed.
#[derive(Debug, Clone, Default)]
enum Traffic {
    #[default]
    Send,
    Record(Recorder),
    Replay(Recording),
}

/// The customization of the `reqwest` client.
#[derive(Clone)]
struct Http(Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>);

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http(..)")
    }
}

impl Default for RestClientBuilder {
    fn default() -> RestClientBuilder {
        RestClientBuilder {
            base_url: String::new(),
            headers: Vec::new(),
            trusted_origins: Vec::new(),
            rules: RequestConfig::default(),
            paging: PaginationConfig::default(),
            limit: RateLimit::default(),
            timeout: Duration::from_secs(60),
            user_agent: concat!("catchment/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            limits_page_memory: false,
            http: None,
            traffic: Traffic::Send,
        }
    }
}

impl RestClientBuilder {
    /// Sets the URL that paths are appended to. Without it, only absolute URLs can be requested.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Adds a header to every request. A header of the same name in a [`Request`](crate::Request) replaces it.
    ///
    /// The value is treated as a credential: never printed, and not sent to other origins by a redirect or a next link.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Secret::from(value.into())));
        self
    }

    /// Sets the credentials of every request. Default: none.
    ///
    /// They are applied again to each attempt and each redirect, except after a redirect to an untrusted origin.
    #[must_use]
    pub fn auth(mut self, auth: impl Auth + 'static) -> Self {
        self.rules.auth = Some(Arc::new(auth));
        self
    }

    /// Adds an origin, such as `https://files.example.com`, that may receive headers, credentials and secrets when a link,
    /// a redirect or a URL from data leads there. Default: only the origin of the first request.
    #[must_use]
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// Adds a response action after the existing ones. Default: none.
    #[must_use]
    pub fn response_action(mut self, action: ResponseAction) -> Self {
        self.rules.response_actions.push(action);
        self
    }

    /// Sets the maximum number of requests per second to each host, evenly spaced; 0.5 is one request every two seconds.
    /// Retries and redirects count. Default: unlimited.
    #[must_use]
    pub fn requests_per_second(mut self, requests: f64) -> Self {
        self.limit.requests_per_second = Some(requests);
        self
    }

    /// Sets the maximum number of requests in flight to each host. A request is in flight until its response is complete.
    /// Default: unlimited.
    #[must_use]
    pub fn max_in_flight_requests(mut self, requests: usize) -> Self {
        self.limit.in_flight = Some(requests);
        self
    }

    /// Sets how many pages are fetched in parallel if the paginator can compute their requests: [`Offset`](crate::Offset)
    /// and [`PageNumber`](crate::PageNumber) with a known total. Default: 1.
    ///
    /// Pages are yielded in order, and prefetched pages are held in memory.
    #[must_use]
    pub fn parallel_pages(mut self, pages: usize) -> Self {
        self.paging.parallel_pages = pages;
        self
    }

    /// Customizes the `reqwest` client: proxies, certificates, TLS versions, connection pools. Its redirect policy and
    /// timeouts are overridden.
    ///
    /// ```no_run
    /// use catchment_rest_client::{RestClient, reqwest};
    ///
    /// let proxy = reqwest::Proxy::all("http://proxy.example.com:3128")?;
    /// let client = RestClient::builder()
    ///     .base_url("https://api.example.com")
    ///     .configure_http(move |http| http.proxy(proxy.clone()).http1_only())
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn configure_http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Some(Http(Arc::new(configure)));
        self
    }

    /// Sets the paginator. Default: [`Auto`](crate::Auto).
    #[must_use]
    pub fn paginator(mut self, paginator: impl Into<Box<dyn Paginator>>) -> Self {
        self.paging.paginator = paginator.into();
        self
    }

    /// Sets the path of the rows in a page. Default: detected in the first page that contains a list.
    #[must_use]
    pub fn data_selector(mut self, selector: JsonPath) -> Self {
        self.paging.data_selector = Some(selector);
        self
    }

    /// Sets whether a response in which the [`data_selector`](Self::data_selector) finds no list, object or `null` is an
    /// error. If false, a missing value is an empty page, and a scalar value is a row. Default: true.
    #[must_use]
    pub fn data_selector_required(mut self, required: bool) -> Self {
        self.paging.data_selector_required = required;
        self
    }

    /// Sets the redactor. The client adds its secrets (credentials, access tokens, cookies) to it, and masks all of its
    /// secrets in errors. Default: a new redactor.
    #[must_use]
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.rules.redactor = redactor;
        self
    }

    /// Sets the retry policy.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.rules.retry = policy;
        self
    }

    /// Sets the timeout for connecting, and for the next bytes of a response. Default: 60 seconds.
    ///
    /// The total time of a response may be longer, as long as bytes arrive.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the `User-Agent` header. Default: `catchment/` and the version.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Sets the memory limit of a response in bytes. A larger response is an error. Default: 352 MiB.
    ///
    /// The decompressed body counts, and 16 bytes ([`Document::VALUE_BYTES`](catchment_json::Document::VALUE_BYTES)) for
    /// each value and key.
    #[must_use]
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Limits the memory of all pages in flight of the client and its clones to a quarter of
    /// [`max_response_bytes`](Self::max_response_bytes). Default: only the size of each page is limited.
    ///
    /// A page that does not fit is discarded and requested again when the consumer reaches it, one such page at a time;
    /// see [`RestClient::with_refetch_gate`]. Drop the [permit](crate::Page::permit) of a page before you await a page of
    /// another pagination; otherwise the two paginations can deadlock.
    #[must_use]
    pub fn limit_page_memory(mut self) -> Self {
        self.limits_page_memory = true;
        self
    }

    /// Records every request and its response without secrets; see [`Recorder`]. Replaces an earlier
    /// [`replay`](Self::replay). Default: nothing is recorded.
    ///
    /// A response that cannot be recorded, for example because the disk is full, is an error.
    #[must_use]
    pub fn record(mut self, recorder: Recorder) -> Self {
        self.traffic = Traffic::Record(recorder);
        self
    }

    /// Takes all responses from a recording, also those of token endpoints; see [`Recording`]. Replaces an earlier
    /// [`record`](Self::record). Default: requests are sent.
    ///
    /// The client opens no connection and resolves no host. Requests are neither delayed nor limited, and retries follow at
    /// once.
    #[must_use]
    pub fn replay(mut self, recording: Recording) -> Self {
        self.traffic = Traffic::Replay(recording);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns an error if a header or a setting is invalid, or TLS cannot be set up.
    pub fn build(self) -> Result<RestClient, Error> {
        let redactor = self.rules.redactor.clone();
        self.client().map_err(|error| error.redacted(&redactor))
    }

    fn client(self) -> Result<RestClient, Error> {
        let mut rules = self.rules.clone();
        // clients built by clones of this builder do not share cookies
        rules.cookies = Arc::default();
        rules.retry.check()?;
        self.limit.check()?;
        self.paging.check()?;
        for (name, value) in &self.headers {
            let (name, value) = header(name, value.expose())?;
            rules.headers.insert(name, value);
        }
        for origin in &self.trusted_origins {
            let invalid = || {
                let expected = "an origin such as https://files.example.com";
                ErrorKind::InvalidSetting { name: "trusted_origin", value: origin.clone(), expected }
            };
            rules.trusted_origins.push(join(origin, "").map_err(|_| invalid())?.origin());
        }
        let (source, limit) = match &self.traffic {
            Traffic::Replay(recording) => (ResponseSource::Replay(recording.clone()), RateLimit::default()),
            Traffic::Record(recorder) => (self.network(Some(recorder.clone()))?, self.limit),
            Traffic::Send => (self.network(None)?, self.limit),
        };
        let (timeout, max_response_bytes) = (self.timeout, self.max_response_bytes);
        let transport = Transport { source, gate: RateLimiter::new(limit), timeout, max_response_bytes };
        let memory = if self.limits_page_memory {
            PageMemoryBudget::new(max_response_bytes / SHARED_PART)
        } else {
            PageMemoryBudget::default()
        };
        let paging = PaginationConfig { memory, ..self.paging };
        Ok(RestClient::new(Arc::new(transport), rules, self.base_url.into(), paging))
    }

    /// Creates the `reqwest` client.
    fn network(&self, recorder: Option<Recorder>) -> Result<ResponseSource, Error> {
        let (_, user_agent) = header("user-agent", &self.user_agent)?;
        let http = reqwest::Client::builder().user_agent(user_agent);
        let http = match &self.http {
            Some(Http(configure)) => configure(http),
            None => http,
        };
        let http = http
            // `reqwest` reads only the first member of a gzip body; `transport::body` reads all
            .no_gzip()
            .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"))]))
            // `transport::redirect` follows redirects without sending configured headers to other origins
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.timeout)
            .read_timeout(self.timeout)
            .build()
            .map_err(|error| Error::new(ErrorKind::ClientBuild { reason: crate::transport::root_cause(&error) }))?;
        Ok(ResponseSource::Network { http, recorder })
    }
}
