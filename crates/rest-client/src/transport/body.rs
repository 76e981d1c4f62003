//! Reading of response bodies with a size limit.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::page_memory::MemoryPermit;

/// Maximum initial capacity of the buffer in bytes, whatever the `Content-Length`.
const MAX_RESERVED: usize = 16 << 20;

/// Number of bytes after which the task yields. Decompressing a received body never waits, and would block the other
/// connections of the thread.
const YIELD_EVERY_BYTES: usize = 64 << 10;

/// Maximum number of bytes read from the body of an error. A fully read body allows the connection to be reused.
pub(super) const MAX_ERROR_BODY: usize = 64 << 10;

/// The reason why a body could not be read completely.
pub(super) enum BodyError {
    /// The body exceeds the limit or the permit.
    TooLarge,
    /// The connection failed or timed out.
    Broken { received: usize, error: reqwest::Error },
    /// The compressed data is invalid or ends early.
    Corrupt { received: usize, error: io::Error },
}

/// Reads the complete body, up to `limit` bytes and the memory of `permit`.
pub(super) async fn read(
    headers: &HeaderMap,
    response: &mut reqwest::Response,
    limit: usize,
    permit: &mut MemoryPermit,
) -> Result<Vec<u8>, BodyError> {
    let mut decoder = Decoder::of(headers, response, limit, permit);
    if let Decoder::Plain(body) = &mut decoder {
        let announced = content_length(response);
        if announced > limit || !body.permit.try_grow_to(announced) {
            return Err(BodyError::TooLarge);
        }
    }
    read_into(&mut decoder, response).await
}

/// Reads the body of an error as far as possible. Failures are ignored, because the status is more important.
pub(super) async fn read_prefix(headers: &HeaderMap, response: &mut reqwest::Response) -> Vec<u8> {
    let mut permit = MemoryPermit::default();
    let mut decoder = Decoder::of(headers, response, MAX_ERROR_BODY, &mut permit);
    match read_into(&mut decoder, response).await {
        Ok(body) => body,
        Err(_) => decoder.take(),
    }
}

/// Returns the `Content-Length`, compressed or not, or 0 if it is missing.
fn content_length(response: &reqwest::Response) -> usize {
    response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
}

async fn read_into(decoder: &mut Decoder<'_>, response: &mut reqwest::Response) -> Result<Vec<u8>, BodyError> {
    let mut next_turn = 0;
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                decoder.write(&chunk)?;
                if decoder.body().bytes.len() >= next_turn {
                    next_turn = decoder.body().bytes.len() + YIELD_EVERY_BYTES;
                    tokio::task::yield_now().await;
                }
            }
            Ok(None) => return decoder.finish(),
            Err(error) => return Err(BodyError::Broken { received: decoder.body().bytes.len(), error }),
        }
    }
}

/// Decodes the chunks of a body. `reqwest` decompresses brotli and zstd, but reads only the first member of a gzip body,
/// which may have several.
enum Decoder<'p> {
    Plain(BodyBuffer<'p>),
    Gzip { decoder: Box<MultiGzDecoder<BodyBuffer<'p>>>, is_empty: bool },
}

impl<'p> Decoder<'p> {
    fn of(headers: &HeaderMap, response: &reqwest::Response, limit: usize, permit: &'p mut MemoryPermit) -> Decoder<'p> {
        let encoding = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap_or_default());
        let body = BodyBuffer { bytes: Vec::new(), limit, permit, is_too_large: false };
        match encoding.trim() {
            encoding if encoding.eq_ignore_ascii_case("gzip") || encoding.eq_ignore_ascii_case("x-gzip") => {
                Decoder::Gzip { decoder: Box::new(MultiGzDecoder::new(body)), is_empty: true }
            }
            _ => Decoder::Plain(BodyBuffer {
                bytes: Vec::with_capacity(content_length(response).min(limit).min(MAX_RESERVED)),
                ..body
            }),
        }
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), BodyError> {
        let written = match self {
            Decoder::Plain(body) => body.write_all(chunk),
            Decoder::Gzip { decoder, is_empty } => {
                *is_empty &= chunk.is_empty();
                decoder.write_all(chunk)
            }
        };
        written.map_err(|error| self.stop(error))
    }

    fn finish(&mut self) -> Result<Vec<u8>, BodyError> {
        let finished = match self {
            Decoder::Gzip { decoder, is_empty: false } => decoder.try_finish(),
            // an empty body, as of a 204, has no gzip header
            Decoder::Gzip { is_empty: true, .. } | Decoder::Plain(_) => Ok(()),
        };
        finished.map_err(|error| self.stop(error))?;
        Ok(self.take())
    }

    fn stop(&self, error: io::Error) -> BodyError {
        let body = self.body();
        if body.is_too_large { BodyError::TooLarge } else { BodyError::Corrupt { received: body.bytes.len(), error } }
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Decoder::Plain(body) => &mut body.bytes,
            Decoder::Gzip { decoder, .. } => &mut decoder.get_mut().bytes,
        })
    }

    fn body(&self) -> &BodyBuffer<'p> {
        match self {
            Decoder::Plain(body) => body,
            Decoder::Gzip { decoder, .. } => decoder.get_ref(),
        }
    }
}

/// The bytes read so far, at most `limit`.
struct BodyBuffer<'p> {
    bytes: Vec<u8>,
    limit: usize,
    permit: &'p mut MemoryPermit,
    is_too_large: bool,
}

impl Write for BodyBuffer<'_> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let taken = chunk.get(..self.limit - self.bytes.len()).unwrap_or(chunk);
        let has_room = self.permit.try_grow_to(self.bytes.len() + taken.len());
        if has_room {
            self.bytes.extend_from_slice(taken);
        }
        if !has_room || taken.len() < chunk.len() {
            self.is_too_large = true;
            return Err(io::Error::other("too large"));
        }
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
