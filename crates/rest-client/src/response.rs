//! Complete responses.

use std::sync::{Mutex, OnceLock, PoisonError};

use catchment_json::{Document, Node, ParseError, ParseErrorKind};
use catchment_settings::Redactor;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::excerpt::{MAX_EXCERPT_BYTES, excerpt};
use crate::redact::shown;
use crate::select::{self, SelectedRows};

/// A response with its complete body.
///
/// Clients return only responses with a status of 200 to 299, and those that a [`ResponseAction`](crate::ResponseAction)
/// ignores. Other responses are errors.
///
/// ```no_run
/// # async fn example(client: catchment_rest_client::RestClient) -> Result<(), catchment_rest_client::Error> {
/// let response = client.get("user", &[]).await?;
/// let remaining = response.headers().get("x-ratelimit-remaining").and_then(|value| value.to_str().ok());
/// println!("{:?}, {remaining:?} requests remaining", response.document()?.root().get("login"));
/// # Ok(())
/// # }
/// ```
pub struct Response {
    method: Method,
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    body_len: usize,
    checksum: u32,
    redactor: Redactor,
    body: Mutex<Vec<u8>>,
    document: OnceLock<Result<Document, ParseError>>,
    rows: SelectedRows,
    attempts: u32,
    is_ignored: bool,
    is_replayed: bool,
    max_bytes: usize,
}

impl Response {
    /// Creates a response to a GET request, for tests of custom paginators. Its rows are detected, as without a data
    /// selector.
    ///
    /// # Errors
    ///
    /// Returns an error if `status` is not 100 to 999.
    pub fn from_parts(url: Url, status: u16, headers: HeaderMap, body: impl Into<Vec<u8>>) -> Result<Response, Error> {
        let invalid = || ErrorKind::InvalidSetting { name: "status", value: status.to_string(), expected: "100 to 999" };
        let status = StatusCode::from_u16(status).map_err(|_| invalid())?;
        let mut response = Response::new(Method::GET, url, status, headers, body.into());
        if let Ok(document) = response.document() {
            let rows = select::select(document, select::detect_selector(document).as_ref());
            let rows = rows.map_err(|error| response.error(ErrorKind::SelectorLimit(error)))?;
            response.set_rows(rows);
        }
        Ok(response)
    }

    /// Creates a response to a request with `method` from `url`.
    pub(crate) fn new(method: Method, url: Url, status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Response {
        Response {
            method,
            url,
            status,
            headers,
            body_len: body.len(),
            checksum: crc32fast::hash(&body),
            redactor: Redactor::default(),
            body: Mutex::new(body),
            document: OnceLock::new(),
            rows: SelectedRows::default(),
            attempts: 1,
            is_ignored: false,
            is_replayed: false,
            max_bytes: usize::MAX,
        }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the URL of the request or of the last redirect. It may contain secrets; print it with
    /// [`redact_url`](crate::redact_url).
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the length of the body in bytes.
    pub fn body_len(&self) -> usize {
        self.body_len
    }

    /// Returns the first 300 characters of the body, with control characters escaped and credentials masked.
    pub fn excerpt(&self) -> String {
        self.with_body(|body| excerpt(body, &self.redactor))
    }

    /// Returns the body as text. Invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        self.with_body(|body| String::from_utf8_lossy(body).into_owned())
    }

    /// Returns a copy of the body.
    pub fn bytes(&self) -> Vec<u8> {
        self.with_body(<[u8]>::to_vec)
    }

    /// Parses the body and converts it to a type that implements `Deserialize`.
    ///
    /// ```
    /// use catchment_rest_client::{HeaderMap, Response, Url};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Account {
    ///     plan: String,
    /// }
    ///
    /// let url = Url::parse("https://api.example.com/account")?;
    /// let response = Response::from_parts(url, 200, HeaderMap::new(), r#"{"plan": "free"}"#)?;
    /// assert_eq!(response.json::<Account>()?.plan, "free");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Response::document`], and an error if a value does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let value = self.document()?.root().deserialize();
        value.map_err(|error| self.error(ErrorKind::UnexpectedJson(error)))
    }

    /// Returns true if the body contains `text`.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        // copies only if the body is not UTF-8
        self.with_body(|body| String::from_utf8_lossy(body).contains(text))
    }

    /// Calls `read` with the body, which moves into the document once it is parsed.
    fn with_body<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        match self.document.get() {
            Some(Ok(document)) => read(document.text().as_bytes()),
            _ => read(&self.body.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Sets the status. For response actions.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status;
    }

    /// Sets the body. For response actions.
    pub fn set_body(&mut self, body: Vec<u8>) {
        self.body_len = body.len();
        self.checksum = crc32fast::hash(&body);
        self.body = Mutex::new(body);
        self.document = OnceLock::new();
    }

    /// Returns true if a response action ignores the response.
    pub fn is_ignored(&self) -> bool {
        self.is_ignored
    }

    /// Returns true if the response comes from a [`Recording`](crate::Recording). Its secrets are `***`; a
    /// [`Grant`](crate::Grant) must not store them.
    pub fn is_replayed(&self) -> bool {
        self.is_replayed
    }

    /// Parses the body on the first call and returns the document. An empty body with status 204 is `null`.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is not JSON, or needs more memory than the client allows.
    pub fn document(&self) -> Result<&Document, Error> {
        let parsed = self.document.get_or_init(|| {
            let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
            let no_content = self.status == StatusCode::NO_CONTENT && body.is_empty();
            if no_content {
                return Document::parse(b"null".to_vec());
            }
            let excerpt = body.get(..MAX_EXCERPT_BYTES).unwrap_or(&body).to_vec();
            let parsed = Document::parse_with_limit(std::mem::take(&mut *body), self.max_bytes);
            if parsed.is_err() {
                // errors show an excerpt of a body that is not JSON
                *body = excerpt;
            }
            parsed
        });
        parsed.as_ref().map_err(|error| match error.kind {
            ParseErrorKind::TooLarge { limit } => {
                Error::new(ErrorKind::ResponseTooLarge { limit }).with_request(&self.method, &self.url).redacted(&self.redactor)
            }
            _ => self.error(ErrorKind::InvalidJson(error.clone())),
        })
    }

    /// Returns an upper bound of the memory of the parsed body, in bytes.
    pub(crate) fn max_parsed_size(&self) -> usize {
        let values = self.with_body(max_value_count);
        let memory = self.body_len + values * Document::VALUE_BYTES;
        memory.min(self.max_bytes)
    }

    /// Returns the rows that the data selector matched. Empty outside of a pagination.
    pub fn rows(&self) -> &SelectedRows {
        &self.rows
    }

    /// Returns the nodes of the rows.
    pub(crate) fn row_nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let document = self.document.get().and_then(|parsed| parsed.as_ref().ok());
        document.into_iter().flat_map(|document| self.rows.ids.iter().map(|id| document.node(*id)))
    }

    /// Returns the redacted URL.
    pub(crate) fn shown_url(&self) -> String {
        shown(&self.url, &self.redactor)
    }

    /// Returns the method and the redacted URL of the request.
    pub(crate) fn request_line(&self) -> String {
        format!("{} {}", self.method, self.shown_url())
    }

    /// Creates an error about this response, for custom paginators. It shows the request and an excerpt of the body.
    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind)
            .with_request(&self.method, &self.url)
            .with_response(self.status, self.excerpt())
            .with_attempts(self.attempts)
            .redacted(&self.redactor)
    }

    /// Returns a CRC-32 checksum of the body.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum
    }

    /// Sets the number of attempts.
    pub(crate) fn after_attempts(mut self, attempts: u32) -> Response {
        self.attempts = attempts;
        self
    }

    /// Sets the redactor for excerpts and URLs.
    pub(crate) fn with_redactor(mut self, redactor: &Redactor) -> Response {
        self.redactor = redactor.clone();
        self
    }

    /// Sets the memory limit of the parsed body, in bytes.
    pub(crate) fn with_max_bytes(mut self, max_bytes: usize) -> Response {
        self.max_bytes = max_bytes;
        self
    }

    /// Sets whether the response comes from a recording.
    pub(crate) fn with_replayed(mut self, is_replayed: bool) -> Response {
        self.is_replayed = is_replayed;
        self
    }

    /// Marks the response as ignored by a response action.
    pub(crate) fn into_ignored(mut self) -> Response {
        self.is_ignored = true;
        self
    }

    /// Takes the rows out of the response.
    pub(crate) fn take_rows(&mut self) -> SelectedRows {
        std::mem::take(&mut self.rows)
    }

    /// Sets the rows that the data selector matched.
    pub(crate) fn set_rows(&mut self, rows: SelectedRows) {
        self.rows = rows;
    }
}

/// Returns an upper bound of the number of values and keys in a JSON text: each but the first follows one of `[{,:`.
/// Written so that compilers can vectorize the loop.
fn max_value_count(text: &[u8]) -> usize {
    // `[` and `{` differ in one bit
    let follows = |byte: &u8| u8::from(byte | 0x20 == b'{') | u8::from(*byte == b',') | u8::from(*byte == b':');
    let of_chunk = |chunk: &[u8]| usize::from(chunk.iter().map(follows).sum::<u8>());
    1 + text.chunks(usize::from(u8::MAX)).map(of_chunk).sum::<usize>()
}

/// Omits headers and body.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("method", &self.method)
            .field("url", &self.shown_url())
            .field("status", &self.status)
            .field("body_len", &self.body_len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, max_value_count};

    #[track_caller]
    fn check(text: &str, expected: usize) {
        assert_eq!(max_value_count(text.as_bytes()), expected, "{text}");
        if let Ok(document) = Document::parse(text.into()) {
            assert!(document.memory_size() - text.len() <= expected * Document::VALUE_BYTES, "{text}");
        }
    }

    #[test]
    fn max_value_count_is_an_upper_bound() {
        check("", 1);
        check("1", 1);
        check("[]", 2);
        check("[1, {\"a\": [2, {}]}]", 8);
        check(&format!("[{}1]", "1,".repeat(1000)), 1002);
    }
}
