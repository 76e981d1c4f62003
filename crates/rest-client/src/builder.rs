//! Setting up a client.

use std::sync::Arc;
use std::time::Duration;

use catchment_json::Path;
use reqwest::header::HeaderMap;

use crate::client::RestClient;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::paginate::{Auto, Paginator};
use crate::request::header;
use crate::retry::RetryPolicy;
use crate::transport::Transport;

/// Sets up a [`RestClient`]; made by [`RestClient::builder`].
#[derive(Debug, Clone)]
pub struct RestClientBuilder {
    base_url: String,
    // names and values as given, checked in `build`
    headers: Vec<(String, Hidden)>,
    paginator: Box<dyn Paginator>,
    data_selector: Option<Path>,
    retry: RetryPolicy,
    timeout: Duration,
    user_agent: String,
    max_body_bytes: usize,
}

/// A header value, which may be a secret.
#[derive(Clone)]
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Default for RestClientBuilder {
    fn default() -> RestClientBuilder {
        RestClientBuilder {
            base_url: String::new(),
            headers: Vec::new(),
            paginator: Box::new(Auto::default()),
            data_selector: None,
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            user_agent: concat!("catchment/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_body_bytes: 1 << 30,
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
        self.headers.push((name.into(), Hidden(value.into())));
        self
    }

    /// How to come from one page to the next. Default: [`Auto`].
    #[must_use]
    pub fn paginator(mut self, paginator: impl Paginator + 'static) -> Self {
        self.paginator = Box::new(paginator);
        self
    }

    /// Where in a page its rows are. Default: detected in the first page that has a list.
    #[must_use]
    pub fn data_selector(mut self, selector: Path) -> Self {
        self.data_selector = Some(selector);
        self
    }

    /// When failed requests are sent again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
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

    /// The largest body that is read, in bytes; more is an error. Default 1 GiB.
    #[must_use]
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// Where a header or a setting is not valid, or TLS cannot be set up.
    pub fn build(self) -> Result<RestClient, Error> {
        self.retry.check().map_err(Error::new)?;
        let mut headers = HeaderMap::new();
        for (name, Hidden(value)) in &self.headers {
            let (name, value) = header(name, value)?;
            headers.insert(name, value);
        }
        let (_, user_agent) = header("user-agent", &self.user_agent)?;
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            // they are followed by hand, so that configured headers do not go to other origins
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.timeout)
            .read_timeout(self.timeout)
            .build()
            .map_err(|error| Error::new(ErrorKind::Setup { reason: crate::transport::root_cause(&error) }).with_source(error))?;
        let transport =
            Transport { http, headers, retry: self.retry, timeout: self.timeout, max_body_bytes: self.max_body_bytes };
        Ok(RestClient::new(Arc::new(transport), self.base_url.into(), self.paginator, self.data_selector))
    }
}
