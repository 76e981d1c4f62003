//! A request, before it is sent.

use catchment_json::Value;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::redact::redact;

/// What is sent. The headers of the client come on top when it is sent, where these have none of that name.
///
/// ```
/// use catchment_rest_client::{Method, Request, Url};
///
/// let url = Url::parse("https://api.example.com/search?q=1")?;
/// let request = Request::new(Method::GET, url).param("page size", 50);
/// assert_eq!(request.full_url().as_str(), "https://api.example.com/search?q=1&page+size=50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The URL; its own query stays.
    pub url: Url,
    /// Parameters that are appended to the query of the URL, not yet encoded.
    pub params: Vec<(String, String)>,
    /// Headers of this request alone. They are treated as credentials, like those of the client.
    pub headers: HeaderMap,
    /// The body, sent as JSON.
    pub json: Option<Value>,
    /// Whether it may be sent again after a failure that leaves open if it took effect. True from the start
    /// for GET, HEAD, PUT, DELETE and OPTIONS; set it for a POST that only reads.
    pub idempotent: bool,
    /// Whether it goes where the client's headers may go.
    pub(crate) trusted: bool,
}

impl Request {
    /// A request without parameters, headers and body.
    pub fn new(method: Method, url: Url) -> Request {
        let idempotent = matches!(method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS);
        let (params, headers) = (Vec::new(), HeaderMap::new());
        Request { method, url, params, headers, json: None, idempotent, trusted: true }
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Request {
        self.params.push((name.into(), value.to_string()));
        self
    }

    /// Adds parameters to the query.
    #[must_use]
    pub fn params(mut self, params: &[(&str, &str)]) -> Request {
        self.params.extend(params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// Sets a header. Its value is never printed.
    ///
    /// # Errors
    ///
    /// Where name or value cannot stand in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Request, Error> {
        let (name, value) = header(name, value)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Sets the body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Request {
        self.json = Some(body);
        self
    }

    /// The URL with the parameters in its query.
    pub fn full_url(&self) -> Url {
        let mut url = self.url.clone();
        // without the check a bare `?` would be appended
        if !self.params.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.params);
        }
        url
    }

    /// Turns it into the request of a link that came with an answer: the URL has everything that it needs, so
    /// the parameters are cleared; method, headers and body stay.
    pub fn follow(&mut self, link: Url) {
        self.url = link;
        self.params.clear();
    }

    /// Gives up all credentials if it does not go to the origin of `before`: an answer must not be able to
    /// send them somewhere else.
    pub(crate) fn distrust_if_away_from(&mut self, before: &Url) {
        if self.url.origin() != before.origin() {
            self.trusted = false;
            self.headers.clear();
        }
    }
}

/// A header whose value does not show in `Debug` output.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let error = || Error::new(ErrorKind::InvalidHeader { name: name.to_owned() });
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| error())?;
    value.set_sensitive(true);
    Ok((header, value))
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &redact(&self.full_url()))
            .field("headers", &self.headers.keys())
            .field("json", &self.json.as_ref().map(Value::kind_name))
            .finish_non_exhaustive()
    }
}
