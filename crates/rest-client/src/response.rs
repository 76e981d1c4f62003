//! A complete answer.

use std::sync::{Mutex, OnceLock, PoisonError};

use catchment_json::{Document, Node, ParseError, ParseErrorKind};
use catchment_settings::Redactor;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::excerpt::{MAX_EXCERPT_BYTES, excerpt};
use crate::redact::shown;
use crate::select::{self, SelectedRows};

/// An answer with its whole body. All that clients return have a status of 200 to 299, but for those that a
/// [`ResponseAction`](crate::ResponseAction) ignores: other answers are errors.
///
/// ```no_run
/// # async fn example(client: catchment_rest_client::RestClient) -> Result<(), catchment_rest_client::Error> {
/// let answer = client.get("user", &[]).await?;
/// let left = answer.headers().get("x-ratelimit-remaining").and_then(|left| left.to_str().ok());
/// println!("{:?}, {left:?} requests are left", answer.document()?.root().get("login"));
/// # Ok(())
/// # }
/// ```
pub struct Response {
    method: Method,
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    bytes: usize,
    checksum: u32,
    redactor: Redactor,
    body: Mutex<Vec<u8>>,
    document: OnceLock<Result<Document, ParseError>>,
    rows: SelectedRows,
    attempts: u32,
    is_ignored: bool,
    max_bytes: usize,
}

impl Response {
    /// An answer with the status `status` to a GET of `url`, for tests of own paginators. Its rows are those that would be
    /// found without a data selector.
    ///
    /// # Errors
    ///
    /// Where there is no such status.
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

    /// An answer to `method` from `url`.
    pub(crate) fn new(method: Method, url: Url, status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Response {
        Response {
            method,
            url,
            status,
            headers,
            bytes: body.len(),
            checksum: crc32fast::hash(&body),
            redactor: Redactor::default(),
            body: Mutex::new(body),
            document: OnceLock::new(),
            rows: SelectedRows::default(),
            attempts: 1,
            is_ignored: false,
            max_bytes: usize::MAX,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Where the answer came from: the URL of the request, or of the last redirect. It may hold secrets; print
    /// it with [`redact`](crate::redact_url).
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The length of the body in bytes.
    pub fn body_len(&self) -> usize {
        self.bytes
    }

    /// How the body begins: the first 300 characters, control characters escaped, credentials of the request masked.
    pub fn excerpt(&self) -> String {
        self.with_body(|body| excerpt(body, &self.redactor))
    }

    /// The body as text, whether it is JSON or not; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        self.with_body(|body| String::from_utf8_lossy(body).into_owned())
    }

    /// Whether the body has `text` in it.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        // a copy only where the body is not UTF-8
        self.with_body(|body| String::from_utf8_lossy(body).contains(text))
    }

    /// The body, which the document has once it is parsed.
    fn with_body<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        match self.document.get() {
            Some(Ok(document)) => read(document.text().as_bytes()),
            _ => read(&self.body.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Changes the status, for response actions.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status;
    }

    /// Changes the body, for response actions.
    pub fn set_body(&mut self, body: Vec<u8>) {
        self.bytes = body.len();
        self.checksum = crc32fast::hash(&body);
        self.body = Mutex::new(body);
        self.document = OnceLock::new();
    }

    /// Whether a response action ignores it.
    pub fn is_ignored(&self) -> bool {
        self.is_ignored
    }

    /// The body, parsed when it is first asked for and kept. 204 No Content reads as `null`.
    ///
    /// # Errors
    ///
    /// Where the body is not JSON, or takes more memory than the client allows.
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
                // of a body that is no JSON, what is shown of it stays
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

    /// Bytes of memory that the body can take when it is parsed.
    pub(crate) fn max_parsed_size(&self) -> usize {
        let values = self.with_body(max_value_count);
        let memory = self.bytes + values * Document::VALUE_BYTES;
        memory.min(self.max_bytes)
    }

    /// What the data selector found in the body, during a pagination; empty otherwise.
    pub fn rows(&self) -> &SelectedRows {
        &self.rows
    }

    /// The rows themselves.
    pub(crate) fn row_nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let document = self.document.get().and_then(|parsed| parsed.as_ref().ok());
        document.into_iter().flat_map(|document| self.rows.ids.iter().map(|id| document.node(*id)))
    }

    /// Where it came from, without secrets.
    pub(crate) fn shown_url(&self) -> String {
        shown(&self.url, &self.redactor)
    }

    /// The method and the redacted URL that it answers.
    pub(crate) fn request_line(&self) -> String {
        format!("{} {}", self.method, self.shown_url())
    }

    /// An error about this answer, for own paginators: it shows request, status and how the body begins.
    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind)
            .with_request(&self.method, &self.url)
            .with_response(self.status, self.excerpt())
            .with_attempts(self.attempts)
            .redacted(&self.redactor)
    }

    /// A checksum of the body.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum
    }

    /// Remembers how many attempts it took.
    pub(crate) fn after_attempts(mut self, attempts: u32) -> Response {
        self.attempts = attempts;
        self
    }

    /// Remembers what must not be shown of its body.
    pub(crate) fn with_redactor(mut self, redactor: &Redactor) -> Response {
        self.redactor = redactor.clone();
        self
    }

    /// Sets how much memory the body and its values may take.
    pub(crate) fn with_max_bytes(mut self, max_bytes: usize) -> Response {
        self.max_bytes = max_bytes;
        self
    }

    /// Remembers that a response action ignores it.
    pub(crate) fn into_ignored(mut self) -> Response {
        self.is_ignored = true;
        self
    }

    /// What the data selector found, which the answer then has no more.
    pub(crate) fn take_rows(&mut self) -> SelectedRows {
        std::mem::take(&mut self.rows)
    }

    /// Remembers what the data selector found.
    pub(crate) fn set_rows(&mut self, rows: SelectedRows) {
        self.rows = rows;
    }
}

/// The most values and keys that a JSON text can have: each but the first one follows one of `[{,:`. The loop is one that compilers
/// make vector instructions of.
fn max_value_count(text: &[u8]) -> usize {
    // `[` and `{` differ in one bit
    let follows = |byte: &u8| u8::from(byte | 0x20 == b'{') | u8::from(*byte == b',') | u8::from(*byte == b':');
    let of_chunk = |chunk: &[u8]| usize::from(chunk.iter().map(follows).sum::<u8>());
    1 + text.chunks(usize::from(u8::MAX)).map(of_chunk).sum::<usize>()
}

/// Without its body.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("method", &self.method)
            .field("url", &self.shown_url())
            .field("status", &self.status)
            .field("bytes", &self.bytes)
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
    fn values_are_never_more_than_estimated() {
        check("", 1);
        check("1", 1);
        check("[]", 2);
        check("[1, {\"a\": [2, {}]}]", 8);
        check(&format!("[{}1]", "1,".repeat(1000)), 1002);
    }
}
