//! Setting up a client.

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
use crate::request::header;
use crate::request_config::RequestConfig;
use crate::response_action::ResponseAction;
use crate::retry::RetryPolicy;
use crate::transport::Transport;
use crate::url_join::join;

/// A body of 300 MB, or 150 MB of JSON with short values.
pub(crate) const DEFAULT_MAX_RESPONSE_BYTES: usize = 352 << 20;

/// Pages in flight share this part of the memory that a response may take.
const SHARED_PART: usize = 4;

/// Sets up a [`RestClient`]; made by [`RestClient::builder`].
#[derive(Debug, Clone)]
pub struct RestClientBuilder {
    base_url: String,
    // names and values as given, checked in `build`
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
}

/// What is set up of the connections.
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
        }
    }
}

impl RestClientBuilder {
    /// The URL that paths are appended to. Without it, only absolute URLs can be requested.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// A header of every request; one with the same name in a [`Request`](crate::Request) replaces it. It is
    /// treated as a credential: never printed, and not sent to other origins by a redirect or a next link.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Secret::from(value.into())));
        self
    }

    /// The credentials of every request; each attempt and each redirect gets them anew, but for those that have been led
    /// to another origin. Default: none.
    #[must_use]
    pub fn auth(mut self, auth: impl Auth + 'static) -> Self {
        self.rules.auth = Some(Arc::new(auth));
        self
    }

    /// An origin, such as `https://files.example.com`, that gets headers, credentials and secrets too where a link, a redirect or
    /// data leads there. Only the origin of the first request gets them otherwise.
    #[must_use]
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// What to make of certain answers, after the actions that there are already. Default: none.
    #[must_use]
    pub fn response_action(mut self, action: ResponseAction) -> Self {
        self.rules.response_actions.push(action);
        self
    }

    /// How many requests a second every host gets at most, evenly spread; 0.5 is one in two seconds. Attempts and
    /// redirects count. Default: as many as there are.
    #[must_use]
    pub fn requests_per_second(mut self, requests: f64) -> Self {
        self.limit.requests_per_second = Some(requests);
        self
    }

    /// How many requests every host has at most whose answers are not complete. Default: as many as there are.
    #[must_use]
    pub fn max_in_flight_requests(mut self, requests: usize) -> Self {
        self.limit.in_flight = Some(requests);
        self
    }

    /// How many pages are fetched at a time where the paginator can name them ahead: [`Offset`](crate::Offset) and
    /// [`PageNumber`](crate::PageNumber) when they know how many there are. Their order stays, and the pages that were
    /// fetched ahead are all in memory. Default 1.
    #[must_use]
    pub fn parallel_pages(mut self, pages: usize) -> Self {
        self.paging.parallel_pages = pages;
        self
    }

    /// Sets up the connections: proxies, certificates, TLS versions, pools as `reqwest` has them. Redirects and time-outs
    /// are set by this client, whatever stands there.
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
        set_up: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Some(Http(Arc::new(set_up)));
        self
    }

    /// How to come from one page to the next. Default: [`Auto`](crate::Auto).
    #[must_use]
    pub fn paginator(mut self, paginator: impl Into<Box<dyn Paginator>>) -> Self {
        self.paging.paginator = paginator.into();
        self
    }

    /// Where in a page its rows are. Default: detected in the first page that has a list.
    #[must_use]
    pub fn data_selector(mut self, selector: JsonPath) -> Self {
        self.paging.data_selector = Some(selector);
        self
    }

    /// Sets whether a response in which the named [`data_selector`](Self::data_selector) finds no place for rows is an error.
    /// An empty list and `null` are such places. If false, nothing found is an empty page, and a single value is a row. Default: true.
    #[must_use]
    pub fn data_selector_required(mut self, required: bool) -> Self {
        self.paging.data_selector_required = required;
        self
    }

    /// Shares the secrets that the client learns (credentials, access tokens, cookies), and those that it keeps out of its
    /// errors. Default: its own.
    #[must_use]
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.rules.redactor = redactor;
        self
    }

    /// When failed requests are sent again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.rules.retry = policy;
        self
    }

    /// How long to wait for a connection, and how long for the next bytes of an answer. A body that keeps
    /// coming may take longer in all. Default 60 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The `User-Agent` header. Default: `catchment/` and the version.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// How much memory an answer may take, in bytes: its decompressed body and 16 bytes for each value and key in it
    /// ([`Document::VALUE_BYTES`](catchment_json::Document::VALUE_BYTES)). More is an error. Default 352 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Limits the memory of all pages that the client and its clones have in flight at a time: they share a quarter of
    /// [`max_response_bytes`](Self::max_response_bytes). A page that finds no room beside the others is requested again when it is the
    /// next one that is wanted (see [`RestClient::with_refetch_gate`]), one such page at a time. Default: each page has its own limit alone.
    ///
    /// Drop the [permit](crate::Page::permit) of a page before you wait for a page of another pagination.
    #[must_use]
    pub fn limit_page_memory(mut self) -> Self {
        self.limits_page_memory = true;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// Where a header or a setting is not valid, or TLS cannot be set up.
    pub fn build(self) -> Result<RestClient, Error> {
        let redactor = self.rules.redactor.clone();
        self.client().map_err(|error| error.redacted(&redactor))
    }

    fn client(self) -> Result<RestClient, Error> {
        let mut rules = self.rules;
        // clients that clones of the builder make share no cookies
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
        let (_, user_agent) = header("user-agent", &self.user_agent)?;
        let http = reqwest::Client::builder().user_agent(user_agent);
        let http = match &self.http {
            Some(Http(set_up)) => set_up(http),
            None => http,
        };
        let http = http
            // it reads one member of a gzip body: bodies are decompressed as they are read
            .no_gzip()
            .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"))]))
            // they are followed by hand, so that configured headers do not go to other origins
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.timeout)
            .read_timeout(self.timeout)
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::ClientBuild { reason: crate::transport::root_cause(&error) }).with_source(error)
            })?;
        let (timeout, max_response_bytes) = (self.timeout, self.max_response_bytes);
        let transport = Transport { http, gate: RateLimiter::new(self.limit), timeout, max_response_bytes };
        let memory = if self.limits_page_memory {
            PageMemoryBudget::new(max_response_bytes / SHARED_PART)
        } else {
            PageMemoryBudget::default()
        };
        let paging = PaginationConfig { memory, ..self.paging };
        Ok(RestClient::new(Arc::new(transport), rules, self.base_url.into(), paging))
    }
}
