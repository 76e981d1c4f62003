//! A single exchange: a request and its response, from the network or from a recording.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, SET_COOKIE};
use tokio::task::{JoinError, spawn_blocking};

use super::Transport;
use super::body::{self, BodyError};
use super::failure::{ExchangePhase, classify};
use crate::charset;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;
use crate::page_memory::MemoryPermit;
use crate::rate_limiter::RequestPermit;
use crate::recording::{InteractionSlot, Recorder, Recording, ReplayedResponse, Scrubber};
use crate::request_config::RequestConfig;

/// The source of responses.
#[derive(Debug)]
pub(crate) enum ResponseSource {
    Network { http: reqwest::Client, recorder: Option<Recorder> },
    Replay(Recording),
}

/// A response whose body has not been read, with its request.
pub(super) struct PendingResponse {
    pub(super) sent: OutgoingRequest,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: PendingBody,
    permit: RequestPermit,
}

enum PendingBody {
    Network { response: reqwest::Response, slot: Option<Box<InteractionSlot>> },
    Recorded(ReplayedResponse),
}

/// The part of a body that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyPart {
    /// The complete body. An incomplete one is an error.
    All,
    /// The beginning, as far as it arrives.
    Prefix,
    /// The beginning, which is only recorded. It is read so that the connection can be reused.
    Discarded,
    /// Nothing: the body does not matter.
    Nothing,
}

/// The headers of a response with its body.
pub(super) struct ReceivedResponse {
    pub(super) headers: HeaderMap,
    /// Decompressed, and in UTF-8 if its charset is supported.
    pub(super) body: Vec<u8>,
    /// The error of a body that is not in a supported charset.
    pub(super) undecodable: Option<ErrorKind>,
}

impl Transport {
    /// Sends a request and receives the headers of its response.
    pub(super) async fn exchange(
        &self,
        rules: &RequestConfig,
        sent: OutgoingRequest,
        permit: RequestPermit,
    ) -> Result<PendingResponse, Error> {
        let (status, mut headers, body) = match &self.source {
            ResponseSource::Network { http, recorder } => {
                let mut request = http.request(sent.method.clone(), sent.url.clone()).headers(sent.headers.clone());
                if let Some(body) = &sent.body {
                    request = request.body(body.clone());
                }
                let slot = recorder.as_ref().map(|recorder| Box::new(recorder.reserve(&sent, Scrubber::new(rules))));
                let response = request.send().await;
                let mut response = response.map_err(|error| classify(error, &sent.url, self.timeout, ExchangePhase::Head))?;
                let headers = std::mem::take(response.headers_mut());
                (response.status(), headers, PendingBody::Network { response, slot })
            }
            ResponseSource::Replay(recording) => {
                let replayed = recording.respond(&sent, &Scrubber::new(rules))?;
                (replayed.status(), replayed.headers(), PendingBody::Recorded(replayed))
            }
        };
        for (_, value) in headers.iter_mut().filter(|(name, _)| **name == SET_COOKIE) {
            value.set_sensitive(true);
        }
        Ok(PendingResponse { sent, status, headers, body, permit })
    }

    /// Reads `part` of a body, and records the exchange.
    pub(super) async fn receive(
        &self,
        pending: PendingResponse,
        part: BodyPart,
        permit: &mut MemoryPermit,
    ) -> Result<ReceivedResponse, Error> {
        let PendingResponse { sent, status, headers, body, permit: request_permit } = pending;
        let limit = self.max_response_bytes;
        let (mut response, slot) = match body {
            PendingBody::Network { response, slot } => (response, slot),
            PendingBody::Recorded(replayed) => return replay(replayed, headers, part, limit, permit).await,
        };
        let body = match part {
            BodyPart::All => {
                let body = body::read(&headers, &mut response, limit, permit).await;
                body.map_err(|stop| self.body_error(stop, &sent))?
            }
            BodyPart::Discarded if slot.is_none() => {
                // without headers, so that the bytes are neither decompressed nor decoded
                body::read_prefix(&HeaderMap::new(), &mut response).await;
                Vec::new()
            }
            BodyPart::Prefix | BodyPart::Discarded => body::read_prefix(&headers, &mut response).await,
            BodyPart::Nothing => Vec::new(),
        };
        drop((response, request_permit));
        let received = decoded(headers, body, limit);
        match slot {
            None => Ok(received),
            Some(slot) => record(*slot, status, received, part).await,
        }
    }

    fn body_error(&self, stop: BodyError, sent: &OutgoingRequest) -> Error {
        match stop {
            BodyError::TooLarge => ErrorKind::ResponseTooLarge { limit: self.max_response_bytes }.into(),
            BodyError::Corrupt { received, error } => ErrorKind::IncompleteBody { received, reason: error.to_string() }.into(),
            BodyError::Broken { received, error } => classify(error, &sent.url, self.timeout, ExchangePhase::Body { received }),
        }
    }
}

/// Decodes the charset of a body.
fn decoded(headers: HeaderMap, body: Vec<u8>, limit: usize) -> ReceivedResponse {
    match charset::decode(&headers, &body, limit) {
        Ok(decoded) => ReceivedResponse { headers, body: decoded.unwrap_or(body), undecodable: None },
        Err(kind) => ReceivedResponse { headers, body, undecodable: Some(kind) },
    }
}

/// Writes the exchange in a blocking task.
async fn record(
    slot: InteractionSlot,
    status: StatusCode,
    received: ReceivedResponse,
    part: BodyPart,
) -> Result<ReceivedResponse, Error> {
    let task = spawn_blocking(move || {
        let body = (received.body.as_slice(), matches!(part, BodyPart::Prefix | BodyPart::Discarded));
        slot.write((status, &received.headers), body).map(|()| received)
    });
    task.await.unwrap_or_else(|error| Err(task_error(error)))
}

/// Reads the body of a recorded response, which is decompressed, and in UTF-8 if it is text.
async fn replay(
    replayed: ReplayedResponse,
    headers: HeaderMap,
    part: BodyPart,
    limit: usize,
    permit: &mut MemoryPermit,
) -> Result<ReceivedResponse, Error> {
    let length = replayed.body_len();
    if part == BodyPart::All && (length > limit || !permit.try_grow_to(length)) {
        return Err(ErrorKind::ResponseTooLarge { limit }.into());
    }
    if matches!(part, BodyPart::Discarded | BodyPart::Nothing) || length == 0 {
        replayed.set_delivered();
        return Ok(ReceivedResponse { headers, body: Vec::new(), undecodable: None });
    }
    let task = spawn_blocking(move || replayed.read_body().map(|body| (body, replayed)));
    let ((mut body, is_text), replayed) = task.await.unwrap_or_else(|error| Err(task_error(error)))?;
    replayed.set_delivered();
    if part == BodyPart::Prefix {
        body.truncate(body::MAX_ERROR_BODY);
    }
    if is_text { Ok(ReceivedResponse { headers, body, undecodable: None }) } else { Ok(decoded(headers, body, limit)) }
}

fn task_error(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => ErrorKind::RuntimeShutDown.into(),
    }
}
