//! Delivery of a response, and its faults.

use std::time::Duration;

/// The delivery of a body, or the fault that replaces the response.
#[derive(Debug, Clone)]
pub(super) enum Delivery {
    /// A complete body with a `Content-Length`.
    None,
    /// Closes the connection after this many bytes of the body.
    Truncated(usize),
    /// Sends this `Content-Length` and closes the connection after the body.
    Length(usize),
    /// Sends no length: the body ends with the connection.
    NoLength,
    /// Sends the body in chunks of this many bytes.
    Chunked(usize),
    /// Sends the body in chunks of this many bytes, and closes the connection before the last chunk.
    UnfinishedChunks(usize),
    /// Sends a chunk with an invalid length.
    InvalidChunk,
    /// Sends the body in pieces of this many bytes, with a pause before each.
    Slow(usize, Duration),
    /// Resets the connection after this many bytes of the body.
    ResetAfter(usize),
    /// Sends these bytes and closes the connection.
    Raw(Vec<u8>),
    /// Resets the connection instead of a response.
    Reset,
    /// Sends no response until the client gives up.
    Hang,
}

impl Delivery {
    /// Returns true if the connection is closed after the response.
    pub(super) fn closes(&self) -> bool {
        !matches!(self, Delivery::None | Delivery::Chunked(_) | Delivery::Slow(..))
    }

    /// Returns the header that delimits the body.
    pub(super) fn framing(&self, length: usize) -> String {
        match self {
            Delivery::Chunked(_) | Delivery::UnfinishedChunks(_) | Delivery::InvalidChunk => {
                "Transfer-Encoding: chunked\r\n".to_owned()
            }
            Delivery::NoLength => "Connection: close\r\n".to_owned(),
            Delivery::Length(wrong) => format!("Content-Length: {wrong}\r\n"),
            _ => format!("Content-Length: {length}\r\n"),
        }
    }

    /// Returns the bytes to send for a body.
    pub(super) fn body(&self, body: &[u8]) -> Vec<u8> {
        match self {
            Delivery::Truncated(after) | Delivery::ResetAfter(after) => body.get(..*after).unwrap_or(body).to_vec(),
            Delivery::Chunked(size) => [chunks(body, *size), b"0\r\n\r\n".to_vec()].concat(),
            Delivery::UnfinishedChunks(size) => chunks(body, *size),
            Delivery::InvalidChunk => [b"many\r\n", body, b"\r\n"].concat(),
            _ => body.to_vec(),
        }
    }
}

fn chunks(body: &[u8], size: usize) -> Vec<u8> {
    body.chunks(size.max(1)).flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()).collect()
}
