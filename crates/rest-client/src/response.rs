//! A complete answer.

use std::sync::{Mutex, OnceLock, PoisonError};

use catchment_json::{Document, ParseError};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::excerpt::excerpt;
use crate::select::Rows;

/// An answer with a status of 200 to 299 and its whole body; all other answers are errors.
#[derive(Debug)]
pub struct Response {
    method: Method,
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    bytes: usize,
    checksum: u32,
    excerpt: String,
    body: Mutex<Vec<u8>>,
    document: OnceLock<Result<Document, ParseError>>,
    rows: Rows,
    attempts: u32,
}

impl Response {
    /// An answer to `method` from `url`.
    pub(crate) fn new(method: Method, url: Url, status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Response {
        Response {
            method,
            url,
            status,
            headers,
            bytes: body.len(),
            checksum: crc32fast::hash(&body),
            excerpt: excerpt(&body),
            body: Mutex::new(body),
            document: OnceLock::new(),
            rows: Rows::default(),
            attempts: 1,
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
    /// it with [`redact`](crate::redact).
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The length of the body in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How the body begins: the first 300 characters, control characters escaped.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The body, parsed when it is first asked for and kept. 204 No Content reads as `null`.
    ///
    /// # Errors
    ///
    /// Where the body is not JSON.
    pub fn document(&self) -> Result<&Document, Error> {
        let parsed = self.document.get_or_init(|| {
            let body = std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner));
            let no_content = self.status == StatusCode::NO_CONTENT && body.is_empty();
            Document::parse(if no_content { b"null".to_vec() } else { body })
        });
        parsed.as_ref().map_err(|error| self.error(ErrorKind::InvalidJson(error.clone())))
    }

    /// What the data selector found in the body, during a pagination; empty otherwise.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// An error about this answer, for own paginators: it shows request, status and how the body begins.
    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind)
            .of_request(&self.method, &self.url)
            .with_answer(self.status, self.excerpt.clone())
            .after_attempts(self.attempts)
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

    /// Remembers what the data selector found.
    pub(crate) fn set_rows(&mut self, rows: Rows) {
        self.rows = rows;
    }
}
