//! Reading bodies, with a limit.

/// How much is reserved at once, however large the server says that the body is.
const MAX_RESERVED: usize = 16 << 20;

/// How much is read between two turns of other tasks. What decompresses a body that is there already never waits, and the
/// connections that the same thread serves would have to.
const TURN: usize = 64 << 10;

/// How much is read of the body of an error. To the end, if possible: then the connection can be used again.
const MAX_ERROR_BODY: usize = 64 << 10;

/// Why a body could not be read to its end.
pub(super) enum Stop {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke, or nothing came any more.
    Broken { received: usize, error: reqwest::Error },
}

/// The whole body, of at most `limit` bytes.
pub(super) async fn read(answer: &mut reqwest::Response, limit: usize) -> Result<Vec<u8>, Stop> {
    let announced = answer.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > limit {
        return Err(Stop::TooLarge);
    }
    let mut body = Vec::with_capacity(announced.min(MAX_RESERVED));
    let mut next_turn = 0;
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limit - body.len() => return Err(Stop::TooLarge),
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk);
                if body.len() >= next_turn {
                    next_turn = body.len() + TURN;
                    tokio::task::yield_now().await;
                }
            }
            Ok(None) => return Ok(body),
            Err(error) => return Err(Stop::Broken { received: body.len(), error }),
        }
    }
}

/// What can be had of the body of an error; the status matters more than why the rest of it is missing.
pub(super) async fn read_start(answer: &mut reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ERROR_BODY {
            break;
        }
    }
    body
}
