//! A single attempt: redirects, authentication and reading the body.

use std::sync::Arc;
use std::time::SystemTime;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE, SET_COOKIE};
use tokio::sync::oneshot;

use super::failure::{ExchangePhase, classify, host};
use super::hop::Hop;
use super::{Transport, body, redirect};
use crate::charset;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::outgoing::OutgoingRequest;
use crate::page_memory::MemoryPermit;
use crate::rate_limiter::RequestPermit;
use crate::redact::shown;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::response::Response;
use crate::response_action::{Verdict, evaluate};
use crate::retry::{is_rate_limit, stated_wait};
use crate::unauthenticated_client::UnauthenticatedClient;

/// Maximum number of redirects.
const MAX_REDIRECTS: usize = 10;

/// A response whose body has not been read, with its request.
struct PendingResponse {
    sent: OutgoingRequest,
    response: reqwest::Response,
    permit: RequestPermit,
}

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
            match redirect::target(&hop, &pending.response)? {
                Some(target) => {
                    let trusts = rules.is_trusted_from(&hop.url, &target);
                    redirect::follow(&mut hop, pending.response.status(), target, trusts);
                    hop.drop_credentials_of_links(rules);
                }
                None => return self.read_response(rules, hop, pending, early, permit).await,
            }
        }
        let kind = ErrorKind::TooManyRedirects { limit: MAX_REDIRECTS, last: shown(&hop.url, &rules.redactor) };
        Err(Error::new(kind).with_request(&request.method, &request.full_url()))
    }

    /// Sends `hop` with credentials, and once more with new credentials if the server rejects them.
    async fn send_authorized(self: &Arc<Self>, rules: &RequestConfig, hop: &Hop) -> Result<PendingResponse, Error> {
        let mut pending = self.send_once(rules, hop).await?;
        let is_refused = pending.response.status() == StatusCode::UNAUTHORIZED;
        if is_refused && hop.trusted && rules.auth.as_ref().is_some_and(|auth| auth.on_unauthorized(&pending.sent)) {
            // reads the body so that the connection can be reused
            body::read_prefix(&HeaderMap::new(), &mut pending.response).await;
            drop(pending);
            pending = self.send_once(rules, hop).await?;
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
        let mut request = self.http.request(sent.method.clone(), sent.url.clone()).headers(sent.headers.clone());
        if let Some(body) = &sent.body {
            request = request.body(body.clone());
        }
        let error = |error| of_request(classify(error, &hop.url, self.timeout, ExchangePhase::Head));
        let mut response = request.send().await.map_err(error)?;
        rules.cookies.keep(&hop.url, response.headers(), &rules.redactor);
        for (_, value) in response.headers_mut().iter_mut().filter(|(name, _)| **name == SET_COOKIE) {
            value.set_sensitive(true);
        }
        Ok(PendingResponse { sent, response, permit: request_permit })
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
        let PendingResponse { sent, mut response, permit: request_permit } = pending;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if status == StatusCode::PARTIAL_CONTENT && is_part_of_bytes(&sent.headers, &headers) {
            return Err(Error::new(ErrorKind::PartialContent).with_request(&hop.method, &hop.url));
        }
        let build_response = |body| {
            let response = Response::new(hop.method.clone(), hop.url.clone(), status, headers.clone(), body);
            response.with_redactor(&rules.redactor)
        };
        if let Some(early) = early.take_if(|_| status.is_success()) {
            // the receiver is dropped if the paginator needs the body
            let _ = early.send(build_response(Vec::new()));
        }
        let body = if status.is_success() || !rules.response_actions.is_empty() {
            body::read(&headers, &mut response, self.max_response_bytes, permit).await.map_err(|stop| match stop {
                body::BodyError::TooLarge => ErrorKind::ResponseTooLarge { limit: self.max_response_bytes }.into(),
                body::BodyError::Corrupt { received, error } => {
                    ErrorKind::IncompleteBody { received, reason: error.to_string() }.into()
                }
                body::BodyError::Broken { received, error } => {
                    classify(error, &hop.url, self.timeout, ExchangePhase::Body { received })
                }
            })
        } else {
            Ok(body::read_prefix(&headers, &mut response).await)
        };
        drop(request_permit);
        let body = body.map_err(|error| error.with_request(&hop.method, &hop.url))?;
        let body = match charset::decode(&headers, &body, self.max_response_bytes) {
            Ok(decoded) => decoded.unwrap_or(body),
            // for an error response the status is more important
            Err(_) if !status.is_success() => body,
            Err(kind) => return Err(build_response(body).error(kind)),
        };
        let mut response = build_response(body).with_max_bytes(self.max_response_bytes);
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
        if let Some(wait) = wait.filter(|_| is_limited) {
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
