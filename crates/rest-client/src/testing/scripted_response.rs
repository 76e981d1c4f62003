//! Scripted responses.

use std::sync::Arc;
use std::time::Duration;

use super::fault::Delivery;

/// The response to a request, or a fault. Clones share the body.
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

    /// Creates a response with the content type JSON. `text` need not be valid JSON.
    pub fn json(status: u16, text: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(status, text.as_ref(), Delivery::None).header("Content-Type", "application/json")
    }

    /// Creates a response with status 200 and a body that is already encoded as `gzip`, `br` or `zstd`.
    pub fn with_encoding(encoding: &str, body: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::json(200, body).header("Content-Encoding", encoding)
    }

    /// Creates a redirect with status 302; [`status`](Self::status) changes the status. A redirect to the URL of the request
    /// never ends.
    pub fn redirect(url: impl Into<String>) -> ScriptedResponse {
        ScriptedResponse::new(302, b"", Delivery::None).header("Location", url)
    }

    /// Creates a response with status 200 and the length of `body`, but closes the connection after the first `after` bytes.
    pub fn truncated(body: impl AsRef<[u8]>, after: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::Truncated(after))
    }

    /// Creates a response with status 200 and the length of `body`, but resets the connection after the first `after` bytes.
    pub fn reset_after(body: impl AsRef<[u8]>, after: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::ResetAfter(after))
    }

    /// Creates a response with status 200 and a wrong `Content-Length`, and closes the connection after the body.
    pub fn wrong_length(body: impl AsRef<[u8]>, length: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::Length(length))
    }

    /// Creates a response with status 200 in chunks of `size` bytes, but closes the connection instead of sending the last
    /// chunk.
    pub fn unfinished_chunks(body: impl AsRef<[u8]>, size: usize) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::UnfinishedChunks(size))
    }

    /// Creates a response with status 200 and a chunk with an invalid length.
    pub fn invalid_chunk(body: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(200, body.as_ref(), Delivery::InvalidChunk)
    }

    /// Sends raw bytes, which need not be valid HTTP, and closes the connection.
    pub fn raw_bytes(bytes: impl AsRef<[u8]>) -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Raw(bytes.as_ref().to_vec()))
    }

    /// Resets the connection instead of sending a response.
    pub fn reset() -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Reset)
    }

    /// Sends no response until the client gives up.
    pub fn hang() -> ScriptedResponse {
        ScriptedResponse::new(0, b"", Delivery::Hang)
    }

    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: u16) -> ScriptedResponse {
        self.status = status;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> ScriptedResponse {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a delay before the response. It ends early if the server stops.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> ScriptedResponse {
        self.delay = delay;
        self
    }

    /// Sends the body in chunks of `size` bytes, without a length.
    #[must_use]
    pub fn chunked(mut self, size: usize) -> ScriptedResponse {
        self.fault = Delivery::Chunked(size);
        self
    }

    /// Sends the body in pieces of `size` bytes, with a pause before each.
    #[must_use]
    pub fn throttled(mut self, size: usize, pause: Duration) -> ScriptedResponse {
        self.fault = Delivery::Slow(size, pause);
        self
    }

    /// Sends the body without a length; it ends with the connection.
    #[must_use]
    pub fn without_content_length(mut self) -> ScriptedResponse {
        self.fault = Delivery::NoLength;
        self
    }

    /// Returns the bytes of the status line and headers.
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        // without a body, its length is forbidden too
        if self.has_body() {
            head.push_str(&self.fault.framing(self.body.len()));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Returns true if the status allows a body.
    pub(super) fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }
}
