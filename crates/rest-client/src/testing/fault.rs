//! How an answer comes, and what goes wrong with it.

use std::time::Duration;

/// What happens to the body, or in the place of an answer.
#[derive(Debug, Clone)]
pub(super) enum Delivery {
    /// All is well.
    None,
    /// The connection is closed after so many bytes of the body.
    Truncated(usize),
    /// The `Content-Length` is this one, and then the connection is closed.
    Length(usize),
    /// There is no length: the body ends with the connection.
    NoLength,
    /// The body comes in chunks of so many bytes, and then in one that ends it.
    Chunked(usize),
    /// The same, and the connection is closed before the last chunk.
    UnfinishedChunks(usize),
    /// A chunk has a length that is no number.
    InvalidChunk,
    /// The body comes so many bytes at a time, with a pause between them.
    Slow(usize, Duration),
    /// The connection is reset after so many bytes of the body.
    ResetAfter(usize),
    /// These bytes are sent, and then the connection is closed.
    Raw(Vec<u8>),
    /// The connection is reset instead of an answer.
    Reset,
    /// No answer comes until the client gives up.
    Hang,
}

impl Delivery {
    /// Whether the connection ends with the answer.
    pub(super) fn closes(&self) -> bool {
        !matches!(self, Delivery::None | Delivery::Chunked(_) | Delivery::Slow(..))
    }

    /// The header that says where the body ends.
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

    /// The bytes that are sent of a body.
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
