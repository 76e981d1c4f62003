//! Reading bodies, with a limit.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::page_memory::MemoryPermit;

/// How much is reserved at once, however large the server says that the body is.
const MAX_RESERVED: usize = 16 << 20;

/// How much is read between two turns of other tasks. What decompresses a body that is there already never waits, and the
/// connections that the same thread serves would have to.
const YIELD_EVERY_BYTES: usize = 64 << 10;

/// How much is read of the body of an error. To the end, if possible: then the connection can be used again.
const MAX_ERROR_BODY: usize = 64 << 10;

/// Why a body could not be read to its end.
pub(super) enum BodyError {
    /// It is larger than the limit, or than its permit.
    TooLarge,
    /// The connection broke, or nothing came any more.
    Broken { received: usize, error: reqwest::Error },
    /// It is not compressed as its header says, or ends early.
    Corrupt { received: usize, error: io::Error },
}

/// The whole body, of at most `limit` bytes, and of those that `permit` has.
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

/// What can be had of the body of an error; the status matters more than why the rest of it is missing.
pub(super) async fn read_prefix(headers: &HeaderMap, response: &mut reqwest::Response) -> Vec<u8> {
    let mut permit = MemoryPermit::default();
    let mut decoder = Decoder::of(headers, response, MAX_ERROR_BODY, &mut permit);
    match read_into(&mut decoder, response).await {
        Ok(body) => body,
        Err(_) => decoder.take(),
    }
}

/// How many bytes the server says that come, compressed or not; 0 where it does not say.
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

/// Takes the bytes of a body as they come. reqwest decompresses brotli and zstd; of gzip it reads one member, and a body
/// may have several.
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
            // a body without a byte, as of a 204, has no header either
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

/// The bytes so far, of at most `limit`.
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
