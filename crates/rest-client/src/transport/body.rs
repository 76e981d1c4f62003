//! Reading bodies, with a limit.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::page_memory::PagePermit;

/// How much is reserved at once, however large the server says that the body is.
const MAX_RESERVED: usize = 16 << 20;

/// How much is read between two turns of other tasks. What decompresses a body that is there already never waits, and the
/// connections that the same thread serves would have to.
const TURN: usize = 64 << 10;

/// How much is read of the body of an error. To the end, if possible: then the connection can be used again.
const MAX_ERROR_BODY: usize = 64 << 10;

/// Why a body could not be read to its end.
pub(super) enum Stop {
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
    answer: &mut reqwest::Response,
    limit: usize,
    permit: &mut PagePermit,
) -> Result<Vec<u8>, Stop> {
    let mut decoder = Decoder::of(headers, answer, limit, permit);
    if let Decoder::Plain(body) = &mut decoder {
        let announced = announced(answer);
        if announced > limit || !body.permit.grow_to(announced) {
            return Err(Stop::TooLarge);
        }
    }
    read_into(&mut decoder, answer).await
}

/// What can be had of the body of an error; the status matters more than why the rest of it is missing.
pub(super) async fn read_start(headers: &HeaderMap, answer: &mut reqwest::Response) -> Vec<u8> {
    let mut permit = PagePermit::default();
    let mut decoder = Decoder::of(headers, answer, MAX_ERROR_BODY, &mut permit);
    match read_into(&mut decoder, answer).await {
        Ok(body) => body,
        Err(_) => decoder.take(),
    }
}

/// How many bytes the server says that come, compressed or not; 0 where it does not say.
fn announced(answer: &reqwest::Response) -> usize {
    answer.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
}

async fn read_into(decoder: &mut Decoder<'_>, answer: &mut reqwest::Response) -> Result<Vec<u8>, Stop> {
    let mut next_turn = 0;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => {
                decoder.write(&chunk)?;
                if decoder.body().bytes.len() >= next_turn {
                    next_turn = decoder.body().bytes.len() + TURN;
                    tokio::task::yield_now().await;
                }
            }
            Ok(None) => return decoder.finish(),
            Err(error) => return Err(Stop::Broken { received: decoder.body().bytes.len(), error }),
        }
    }
}

/// Takes the bytes of a body as they come. reqwest decompresses brotli and zstd; of gzip it reads one member, and a body
/// may have several.
enum Decoder<'p> {
    Plain(Body<'p>),
    Gzip { decoder: Box<MultiGzDecoder<Body<'p>>>, is_empty: bool },
}

impl<'p> Decoder<'p> {
    fn of(headers: &HeaderMap, answer: &reqwest::Response, limit: usize, permit: &'p mut PagePermit) -> Decoder<'p> {
        let encoding = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap_or_default());
        let body = Body { bytes: Vec::new(), limit, permit, is_too_large: false };
        match encoding.trim() {
            encoding if encoding.eq_ignore_ascii_case("gzip") || encoding.eq_ignore_ascii_case("x-gzip") => {
                Decoder::Gzip { decoder: Box::new(MultiGzDecoder::new(body)), is_empty: true }
            }
            _ => Decoder::Plain(Body { bytes: Vec::with_capacity(announced(answer).min(limit).min(MAX_RESERVED)), ..body }),
        }
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), Stop> {
        let written = match self {
            Decoder::Plain(body) => body.write_all(chunk),
            Decoder::Gzip { decoder, is_empty } => {
                *is_empty &= chunk.is_empty();
                decoder.write_all(chunk)
            }
        };
        written.map_err(|error| self.stop(error))
    }

    fn finish(&mut self) -> Result<Vec<u8>, Stop> {
        let finished = match self {
            Decoder::Gzip { decoder, is_empty: false } => decoder.try_finish(),
            // a body without a byte, as of a 204, has no header either
            Decoder::Gzip { is_empty: true, .. } | Decoder::Plain(_) => Ok(()),
        };
        finished.map_err(|error| self.stop(error))?;
        Ok(self.take())
    }

    fn stop(&self, error: io::Error) -> Stop {
        let body = self.body();
        if body.is_too_large { Stop::TooLarge } else { Stop::Corrupt { received: body.bytes.len(), error } }
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Decoder::Plain(body) => &mut body.bytes,
            Decoder::Gzip { decoder, .. } => &mut decoder.get_mut().bytes,
        })
    }

    fn body(&self) -> &Body<'p> {
        match self {
            Decoder::Plain(body) => body,
            Decoder::Gzip { decoder, .. } => decoder.get_ref(),
        }
    }
}

/// The bytes so far, of at most `limit`.
struct Body<'p> {
    bytes: Vec<u8>,
    limit: usize,
    permit: &'p mut PagePermit,
    is_too_large: bool,
}

impl Write for Body<'_> {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let taken = chunk.get(..self.limit - self.bytes.len()).unwrap_or(chunk);
        let has_room = self.permit.grow_to(self.bytes.len() + taken.len());
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
