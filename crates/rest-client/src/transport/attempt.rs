//! A single attempt: redirects, authentication and reading the body.

use std::sync::Arc;
use std::time::SystemTime;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE};
use tokio::sync::oneshot;

use super::exchange::{BodyPart, PendingResponse, ReceivedResponse};
use super::failure::host;
use super::hop::Hop;
use super::{Transport, redirect};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::page_memory::MemoryPermit;
use crate::redact::shown;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::response_action::{Verdict, evaluate};
use crate::retry::{is_rate_limit, stated_wait};
use crate::unauthenticated_client::UnauthenticatedClient;

/// Maximum number of redirects.
const MAX_REDIRECTS: usize = 10;

impl Transport {
    /// Sends `request` once, follows redirects, and reads the response.
    pub(super) async fn attempt(
        self: &Arc<Self>,
        rules: &RequestConfig,
        request: &Request,
        early: &mut Option<oneshot::Sender<Response>>,
        permit: &mut MemoryPermit,
    ) -> Result<Response, Error> {
        let mut hop = Hop::first(request, rules);
        for _ in 0..=MAX_REDIRECTS {
            let pending = self.send_authorized(rules, &hop).await?;
            let status = pending.status;
            let target = match redirect::target(&hop, status, &pending.headers) {
                Ok(None) => return self.read_response(rules, hop, pending, early, permit).await,
                target => target,
            };
            self.discard(&hop, pending, BodyPart::Nothing).await?;
            if let Some(target) = target? {
                let trusts = rules.is_trusted_from(&hop.url, &target);
                redirect::follow(&mut hop, status, target, trusts);
                hop.drop_credentials_of_links(rules);
            }
        }
        let kind = ErrorKind::TooManyRedirects { limit: MAX_REDIRECTS, last: shown(&hop.url, &rules.redactor) };
        Err(Error::new(kind).with_request(&request.method, &request.full_url()))
    }

    /// Sends `hop` with credentials, and once more with new credentials if the server rejects them.
    async fn send_authorized(self: &Arc<Self>, rules: &RequestConfig, hop: &Hop) -> Result<PendingResponse, Error> {
        let pending = self.send_once(rules, hop).await?;
        let is_refused = pending.status == StatusCode::UNAUTHORIZED;
        if is_refused && hop.trusted && rules.auth.as_ref().is_some_and(|auth| auth.on_unauthorized(&pending.sent)) {
            self.discard(hop, pending, BodyPart::Discarded).await?;
            return self.send_once(rules, hop).await;
        }
        Ok(pending)
    }

    async fn send_once(self: &Arc<Self>, rules: &RequestConfig, hop: &Hop) -> Result<PendingResponse, Error> {
        let of_request = |error: Error| error.with_request(&hop.method, &hop.url);
        let mut sent = hop.outgoing();
        // before authentication, which may replace a cookie or sign all of them
        rules.cookies.add_to(&mut sent);
        if let Some(auth) = rules.auth.as_ref().filter(|_| hop.trusted) {
            auth.apply(&mut sent, &UnauthenticatedClient::new(self, rules)).await.map_err(of_request)?;
        }
        let request_permit = self.gate.acquire(&host(&hop.url)).await;
        let pending = self.exchange(rules, sent, request_permit).await.map_err(of_request)?;
        rules.cookies.keep(&hop.url, &pending.headers, &rules.redactor);
        Ok(pending)
    }

    /// Ends an exchange whose body is not used.
    async fn discard(&self, hop: &Hop, pending: PendingResponse, part: BodyPart) -> Result<(), Error> {
        let received = self.receive(pending, part, &mut MemoryPermit::default()).await;
        received.map(drop).map_err(|error| error.with_request(&hop.method, &hop.url))
    }

    /// Reads the body of a response that is not a redirect, and applies the response actions.
    async fn read_response(
        &self,
        rules: &RequestConfig,
        hop: Hop,
        pending: PendingResponse,
        early: &mut Option<oneshot::Sender<Response>>,
        permit: &mut MemoryPermit,
    ) -> Result<Response, Error> {
        let status = pending.status;
        if status == StatusCode::PARTIAL_CONTENT && is_part_of_bytes(&pending.sent.headers, &pending.headers) {
            self.discard(&hop, pending, BodyPart::Nothing).await?;
            return Err(Error::new(ErrorKind::PartialContent).with_request(&hop.method, &hop.url));
        }
        let build_response = |headers: HeaderMap, body| {
            let response = Response::new(hop.method.clone(), hop.url.clone(), status, headers, body);
            response.with_redactor(&rules.redactor).with_replayed(self.is_replay())
        };
        if let Some(early) = early.take_if(|_| status.is_success()) {
            // the receiver is dropped if the paginator needs the body
            let _ = early.send(build_response(pending.headers.clone(), Vec::new()));
        }
        let is_needed = status.is_success() || !rules.response_actions.is_empty();
        let part = if is_needed { BodyPart::All } else { BodyPart::Prefix };
        let received = self.receive(pending, part, permit).await;
        let received = received.map_err(|error| error.with_request(&hop.method, &hop.url))?;
        let ReceivedResponse { headers, body, undecodable } = received;
        let mut response = build_response(headers, body).with_max_bytes(self.max_response_bytes);
        // for an error response the status is more important
        if let Some(kind) = undecodable.filter(|_| status.is_success()) {
            return Err(response.error(kind));
        }
        let verdict = evaluate(&rules.response_actions, &mut response)?;
        self.apply_verdict(rules, response, verdict)
    }

    /// Returns the response, or the error that verdict and status make of it.
    fn apply_verdict(&self, rules: &RequestConfig, response: Response, verdict: Verdict) -> Result<Response, Error> {
        let status = response.status();
        match verdict {
            Verdict::Ignore => return Ok(response.into_ignored()),
            Verdict::Continue if status.is_success() => return Ok(response),
            Verdict::Continue | Verdict::Retry | Verdict::Fail => {}
        }
        let is_limited = is_rate_limit(status, response.headers());
        let wait = stated_wait(status, response.headers(), SystemTime::now());
        if let Some(wait) = wait.filter(|_| is_limited && !self.is_replay()) {
            self.gate.pause(&host(response.url()), wait.min(rules.retry.max_delay));
        }
        let kind = if status.is_success() { ErrorKind::RejectedByAction(status) } else { ErrorKind::Status(status) };
        let error = response.error(kind).with_stated_wait(wait);
        Err(match verdict {
            Verdict::Retry => error.retryable(true),
            Verdict::Fail => error.retryable(false),
            _ if is_limited => error.retryable(true).not_processed(),
            _ => error,
        })
    }
}

/// Returns true if a 206 response contains a byte range although the request had no `Range` header. Some APIs also use
/// 206 for a page of a list, with a `Content-Range` in rows instead of bytes.
fn is_part_of_bytes(sent: &HeaderMap, received: &HeaderMap) -> bool {
    let range = received.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    !sent.contains_key(RANGE) && range.is_none_or(|range| range.trim_start().starts_with("bytes"))
}
