//! Requests.

use catchment_json::Value;
use catchment_settings::{Redactor, Secret};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::body::Body;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::remove_query;
use crate::redact::shown;
use crate::untrusted_origin;

/// Maximum length of a URL in the HTTP implementation, in bytes.
const MAX_URL_BYTES: usize = 65_534;

/// Maximum number of characters of a parameter name in an error.
const MAX_SHOWN: usize = 100;

/// A request. When it is sent, the client adds its own headers for names that the request does not set.
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
    /// The URL. Its query is kept.
    pub url: Url,
    /// Unencoded parameters that are appended to the query of the URL.
    pub params: Vec<(String, String)>,
    /// Headers of this request. They are treated as credentials, like those of the client.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Body>,
    /// Whether the request may be retried if the server may already have processed it. Default: true for GET, HEAD, PUT,
    /// DELETE and OPTIONS. Set it for a POST that only reads.
    pub idempotent: bool,
    /// Whether the origin may receive the headers of the client.
    pub(crate) trusted: bool,
    /// Secrets that are masked in excerpts of responses that repeat them.
    pub(crate) hidden: Vec<Secret>,
}

impl Request {
    /// Creates a request without parameters, headers and body.
    pub fn new(method: Method, url: Url) -> Request {
        let idempotent = is_idempotent(&method);
        let (params, headers) = (Vec::new(), HeaderMap::new());
        Request { method, url, params, headers, body: None, idempotent, trusted: true, hidden: Vec::new() }
    }

    /// Creates a GET request.
    pub fn get(url: Url) -> Request {
        Request::new(Method::GET, url)
    }

    /// Sets the method, and resets [`idempotent`](field@Self::idempotent) to the default of the method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Request {
        self.idempotent = is_idempotent(&method);
        self.method = method;
        self
    }

    /// Adds a secret of this request. Sending the request adds it to the [redactor](crate::RestClient::redactor) of the
    /// client.
    #[must_use]
    pub fn add_secret(mut self, secret: &Secret) -> Request {
        self.hidden.push(secret.clone());
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Request {
        self.params.push((name.into(), value.to_string()));
        self
    }

    /// Adds query parameters.
    #[must_use]
    pub fn params(mut self, params: &[(&str, &str)]) -> Request {
        self.params.extend(params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// Sets a header. Its value is never printed.
    ///
    /// # Errors
    ///
    /// Returns an error if name or value are invalid in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Request, Error> {
        let (name, value) = header(name, value)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, value: Value) -> Request {
        self.body(Body::Json(value))
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Request {
        self.body = Some(body);
        self
    }

    /// Sets a query parameter, replacing those of the same name, also in the URL.
    pub fn set_param(&mut self, name: &str, value: impl ToString) {
        remove_query(&mut self.url, name);
        self.params.retain(|(key, _)| key != name);
        self.params.push((name.to_owned(), value.to_string()));
    }

    /// Sets the field at a dotted path of the body, creating missing objects. A missing body becomes a JSON object. In a
    /// form, the path is the name of the field.
    ///
    /// # Errors
    ///
    /// Returns an error if a value on the path is not an object, or the body is raw bytes.
    pub fn set_body_field(&mut self, path: &str, value: impl Into<Value>) -> Result<(), Error> {
        let body = self.body.get_or_insert(Body::Json(Value::Null));
        body.set(path, value.into()).map_err(|kind| Error::new(kind).with_request(&self.method, &self.full_url()))
    }

    /// Returns an error if the URL is too long.
    pub(crate) fn check_length(&self) -> Result<(), ErrorKind> {
        let params = self.params.iter().map(|(name, value)| name.len() + value.len() + "&=".len());
        let raw = self.url.as_str().len() + params.sum::<usize>();
        // percent-encoding makes at most three bytes of one
        let bytes = if raw > MAX_URL_BYTES / 3 && raw <= MAX_URL_BYTES { self.full_url().as_str().len() } else { raw };
        if bytes <= MAX_URL_BYTES {
            return Ok(());
        }
        let longest = self.params.iter().max_by_key(|(name, value)| name.len() + value.len());
        let part = match longest.filter(|(name, value)| name.len() + value.len() > self.url.as_str().len()) {
            Some((name, _)) => format!("the parameter `{}`", name.chars().take(MAX_SHOWN).collect::<String>()),
            None => "the path and query".to_owned(),
        };
        Err(ErrorKind::UrlTooLong { bytes, limit: MAX_URL_BYTES, part })
    }

    /// Returns the URL with the parameters in its query.
    pub fn full_url(&self) -> Url {
        let mut url = self.url.clone();
        // `query_pairs_mut` would append a bare `?`
        if !self.params.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.params);
        }
        url
    }

    /// Sets the URL to a next link and clears the parameters, which the link already contains. Method, headers and body are
    /// kept.
    pub fn set_next_link(&mut self, link: Url) {
        self.url = link;
        self.params.clear();
    }

    /// Adds the [secrets](Request::add_secret) of the request to the redactor.
    pub(crate) fn add_secrets(&self, redactor: &Redactor) {
        self.hidden.iter().for_each(|secret| redactor.add_temporary(secret));
    }

    /// Removes all credentials and secrets, for a request that data leads to an untrusted origin.
    pub(crate) fn strip_credentials(&mut self, redactor: &Redactor) {
        self.trusted = false;
        self.headers.clear();
        untrusted_origin::remove_from_params(&mut self.params, redactor);
        self.body = self.body.take().and_then(|body| untrusted_origin::without_secrets(body, redactor));
    }
}

fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS)
}

/// Parses a header. Its value is marked as sensitive, so that `Debug` omits it.
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
            .field("url", &shown(&self.full_url(), &self.hidden.iter().cloned().collect()))
            .field("headers", &self.headers.keys())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
