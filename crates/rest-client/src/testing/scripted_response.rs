//! Answers, good and bad.

use std::sync::Arc;
use std::time::Duration;

use super::fault::Delivery;

/// What the server does with a request. Clones share the body.
///
/// ```
/// use std::time::Duration;
/// use catchment_rest_client::testing::ScriptedResponse;
///
/// let slow = ScriptedResponse::json(200, "[1, 2]").delay(Duration::from_millis(100));
/// let broken = ScriptedResponse::truncated("[1, 2]", 3);
/// let in_chunks = ScriptedResponse::json(200, "[1, 2]").chunked(2);
/// ```
#[derive(Debug, Clone)]
pub struct ScriptedResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Arc<[u8]>,
    pub(super) fault: Delivery,
    pub(super) delay: Duration,
}

impl ScriptedResponse {
    fn new(status: u16, body: &[u8], fault: Delivery) -> ScriptedResponse {
        ScriptedResponse { status, headers: Vec::new(), body: body.into(), fault, delay: Duration::ZERO }
    }

    /// A body that is said to be JSON, whether it is or not.
    pub fn json(status: u16, text: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(status, text.as_ref(), Delivery::None).header("Content-Type", "application/json")
    }

    /// 200 with a body that was encoded before, by `gzip`, `br` or `zstd`.
    pub fn with_encoding(encoding: &str, body: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::json(200, body).header("Content-Encoding", encoding)
    }

    /// 302 to another URL; [`status`](Self::status) makes it another redirect. To the URL of the request itself, it
    /// never ends.
    pub fn redirect(url: impl Into<String>) -> ScriptedResponse {
        ScriptedResponse::new(302, b"", Delivery::None).header("Location", url)
    }

    /// 200 with the length of the whole body, of which only the first `after` bytes come before the connection
    /// is closed.
    pub fn truncated(body: impl AsRef<[u8]>, after: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::Truncated(after))
    }

    /// 200 with the length of the whole body, of which only the first `after` bytes come before the connection is reset.
    pub fn reset_after(body: impl AsRef<[u8]>, after: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::ResetAfter(after))
    }

    /// 200 with the whole body, a wrong `Content-Length`, and then the connection is closed.
    pub fn wrong_length(body: impl AsRef<[u8]>, length: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::Length(length))
    }

    /// 200 with the whole body in chunks of `size` bytes, but the connection is closed in the place of the last one.
    pub fn unfinished_chunks(body: impl AsRef<[u8]>, size: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::UnfinishedChunks(size))
    }

    /// 200 with a chunk whose length is no number.
    pub fn invalid_chunk(body: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::InvalidChunk)
    }

    /// These bytes, whether they are an answer or not, and then the connection is closed.
    pub fn raw_bytes(bytes: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Raw(bytes.as_ref().to_vec()))
    }

    /// The connection is reset instead of an answer.
    pub fn reset() -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Reset)
    }

    /// No answer until the client gives up.
    pub fn hang() -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Hang)
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> ScriptedResponse {
        self.status = status;
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> ScriptedResponse {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// After a wait, which ends early with the server.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> ScriptedResponse {
        self.delay = delay;
        self
    }

    /// The body in chunks of `size` bytes, without its length.
    #[must_use]
    pub fn chunked(mut self, size: usize) -> ScriptedResponse {
        self.fault = Delivery::Chunked(size);
        self
    }

    /// The body in pieces of `size` bytes with a pause between them.
    #[must_use]
    pub fn throttled(mut self, size: usize, pause: Duration) -> ScriptedResponse {
        self.fault = Delivery::Slow(size, pause);
        self
    }

    /// The body without its length, up to the end of the connection.
    #[must_use]
    pub fn without_content_length(mut self) -> ScriptedResponse {
        self.fault = Delivery::NoLength;
        self
    }

    /// The bytes of the head.
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        // a body is forbidden for these, and so is its length
        if self.has_body() {
            head.push_str(&self.fault.framing(self.body.len()));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Whether its status allows a body.
    pub(super) fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }
}
