//! A request, before it is sent.

use catchment_json::Value;
use catchment_settings::{Redactor, Secret};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::body::Body;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::foreign;
use crate::outgoing::remove_query;
use crate::redact::shown;

/// The longest URL that the HTTP implementation takes.
const MAX_URL_BYTES: usize = 65_534;

/// How many characters of the name of a parameter an error shows.
const MAX_SHOWN: usize = 100;

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
    /// The body.
    pub body: Option<Body>,
    /// Whether it may be sent again after a failure that leaves open if it took effect. True from the start
    /// for GET, HEAD, PUT, DELETE and OPTIONS; set it for a POST that only reads.
    pub idempotent: bool,
    /// Whether it goes where the client's headers may go.
    pub(crate) trusted: bool,
    /// What is masked where an answer gives it back.
    pub(crate) hidden: Vec<Secret>,
}

impl Request {
    /// A request without parameters, headers and body.
    pub fn new(method: Method, url: Url) -> Request {
        let idempotent = is_idempotent(&method);
        let (params, headers) = (Vec::new(), HeaderMap::new());
        Request { method, url, params, headers, body: None, idempotent, trusted: true, hidden: Vec::new() }
    }

    /// A GET of a URL.
    pub fn get(url: Url) -> Request {
        Request::new(Method::GET, url)
    }

    /// Changes the method, and whether it is idempotent with it.
    #[must_use]
    pub fn method(mut self, method: Method) -> Request {
        self.idempotent = is_idempotent(&method);
        self.method = method;
        self
    }

    /// Adds a secret of the request to those that the client [knows](crate::RestClient::redactor) when it is sent.
    #[must_use]
    pub fn add_secret(mut self, secret: &Secret) -> Request {
        self.hidden.push(secret.clone());
        self
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

    /// Sets the body to a value, sent as JSON.
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

    /// Sets a parameter of the query, in the place of those that have its name, in the URL too.
    pub fn set_param(&mut self, name: &str, value: impl ToString) {
        remove_query(&mut self.url, name);
        self.params.retain(|(key, _)| key != name);
        self.params.push((name.to_owned(), value.to_string()));
    }

    /// Sets the field of the body that a dotted path leads to; a body that there is not yet is a JSON object. The field
    /// of a form has the whole path as its name.
    ///
    /// # Errors
    ///
    /// Where something else than an object stands in the way.
    pub fn set_body_field(&mut self, path: &str, value: impl Into<Value>) -> Result<(), Error> {
        let body = self.body.get_or_insert(Body::Json(Value::Null));
        body.set(path, value.into()).map_err(|kind| Error::new(kind).with_request(&self.method, &self.full_url()))
    }

    /// An error where the URL is too long.
    pub(crate) fn check_length(&self) -> Result<(), ErrorKind> {
        let params = self.params.iter().map(|(name, value)| name.len() + value.len() + "&=".len());
        let raw = self.url.as_str().len() + params.sum::<usize>();
        // a byte of a parameter is three at most
        let bytes = if raw > MAX_URL_BYTES / 3 && raw <= MAX_URL_BYTES { self.full_url().as_str().len() } else { raw };
        if bytes <= MAX_URL_BYTES {
            return Ok(());
        }
        let longest = self.params.iter().max_by_key(|(name, value)| name.len() + value.len());
        let part = match longest.filter(|(name, value)| name.len() + value.len() > self.url.as_str().len()) {
            Some((name, _)) => format!("the parameter `{}`", name.chars().take(MAX_SHOWN).collect::<String>()),
            None => "its path and query".to_owned(),
        };
        Err(ErrorKind::UrlTooLong { bytes, limit: MAX_URL_BYTES, part })
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
    pub fn set_next_link(&mut self, link: Url) {
        self.url = link;
        self.params.clear();
    }

    /// Adds what the request [hides](Request::hide) to the known secrets.
    pub(crate) fn add_secrets(&self, redactor: &Redactor) {
        self.hidden.iter().for_each(|secret| redactor.add_temporary(secret));
    }

    /// Gives up all credentials and secrets: data has sent it to an origin that is not trusted.
    pub(crate) fn strip_credentials(&mut self, redactor: &Redactor) {
        self.trusted = false;
        self.headers.clear();
        foreign::remove_from_params(&mut self.params, redactor);
        self.body = self.body.take().and_then(|body| foreign::without_secrets(body, redactor));
    }
}

fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS)
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
            .field("url", &shown(&self.full_url(), &self.hidden.iter().cloned().collect()))
            .field("headers", &self.headers.keys())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
