//! One attempt, over all redirects, to the end of the body.

use std::sync::Arc;
use std::time::SystemTime;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE, SET_COOKIE};
use tokio::sync::oneshot;

use super::failure::{Stage, classify, host};
use super::hop::Hop;
use super::{Transport, body, redirect};
use crate::bare::BareClient;
use crate::charset;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::limit::Passage;
use crate::outgoing::Outgoing;
use crate::page_memory::PagePermit;
use crate::redact::shown;
use crate::request::Request;
use crate::response::Response;
use crate::response_action::{Verdict, judge};
use crate::retry::{is_rate_limit, stated_wait};
use crate::rules::Rules;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;

/// An answer whose body has not been read, and the request that it is for.
struct Answered {
    sent: Outgoing,
    answer: reqwest::Response,
    passage: Passage,
}

impl Transport {
    /// Sends `request` once.
    pub(super) async fn attempt(
        self: &Arc<Self>,
        rules: &Rules,
        request: &Request,
        early: &mut Option<oneshot::Sender<Response>>,
        permit: &mut PagePermit,
    ) -> Result<Response, Error> {
        let mut hop = Hop::first(request, rules);
        for _ in 0..=MAX_REDIRECTS {
            let answered = self.authorized(rules, &hop).await?;
            match redirect::target(&hop, &answered.answer)? {
                Some(target) => {
                    let trusts = rules.trust(&hop.url, &target);
                    redirect::follow(&mut hop, answered.answer.status(), target, trusts);
                    hop.drop_credentials_of_links(rules);
                }
                None => return self.finish(rules, hop, answered, early, permit).await,
            }
        }
        let kind = ErrorKind::TooManyRedirects { limit: MAX_REDIRECTS, last: shown(&hop.url, &rules.redactor) };
        Err(Error::new(kind).of_request(&request.method, &request.full_url()))
    }

    /// The answer to `hop` with credentials, once more with other ones if the first are refused.
    async fn authorized(self: &Arc<Self>, rules: &Rules, hop: &Hop) -> Result<Answered, Error> {
        let mut answered = self.exchange(rules, hop).await?;
        let is_refused = answered.answer.status() == StatusCode::UNAUTHORIZED;
        if is_refused && hop.trusted && rules.auth.as_ref().is_some_and(|auth| auth.refused(&answered.sent)) {
            // to its end, so that the connection can be used again
            body::read_start(&HeaderMap::new(), &mut answered.answer).await;
            drop(answered);
            answered = self.exchange(rules, hop).await?;
        }
        Ok(answered)
    }

    async fn exchange(self: &Arc<Self>, rules: &Rules, hop: &Hop) -> Result<Answered, Error> {
        let of_request = |error: Error| error.of_request(&hop.method, &hop.url);
        let mut sent = hop.outgoing();
        // before credentials, which may replace a cookie or sign them all
        rules.cookies.add_to(&mut sent);
        if let Some(auth) = rules.auth.as_ref().filter(|_| hop.trusted) {
            auth.apply(&mut sent, &BareClient::new(self, rules)).await.map_err(of_request)?;
        }
        let passage = self.gate.pass(&host(&hop.url)).await;
        let mut request = self.http.request(sent.method.clone(), sent.url.clone()).headers(sent.headers.clone());
        if let Some(body) = &sent.body {
            request = request.body(body.clone());
        }
        let error = |error| of_request(classify(error, &hop.url, self.timeout, Stage::Head));
        let mut answer = request.send().await.map_err(error)?;
        rules.cookies.keep(&hop.url, answer.headers(), &rules.redactor);
        for (_, value) in answer.headers_mut().iter_mut().filter(|(name, _)| **name == SET_COOKIE) {
            value.set_sensitive(true);
        }
        Ok(Answered { sent, answer, passage })
    }

    /// Reads the body of an answer that is no redirect, and says what becomes of it.
    async fn finish(
        &self,
        rules: &Rules,
        hop: Hop,
        answered: Answered,
        early: &mut Option<oneshot::Sender<Response>>,
        permit: &mut PagePermit,
    ) -> Result<Response, Error> {
        let Answered { sent, mut answer, passage } = answered;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        if status == StatusCode::PARTIAL_CONTENT && is_part_of_bytes(&sent.headers, &headers) {
            return Err(Error::new(ErrorKind::PartialContent).of_request(&hop.method, &hop.url));
        }
        let response = |body| {
            let response = Response::new(hop.method.clone(), hop.url.clone(), status, headers.clone(), body);
            response.redacted(&rules.redactor)
        };
        if let Some(early) = early.take_if(|_| status.is_success()) {
            // nobody listens where the paginator needs the body
            let _ = early.send(response(Vec::new()));
        }
        let body = if status.is_success() || !rules.response_actions.is_empty() {
            body::read(&headers, &mut answer, self.max_response_bytes, permit).await.map_err(|stop| match stop {
                body::Stop::TooLarge => ErrorKind::TooLarge { limit: self.max_response_bytes }.into(),
                body::Stop::Corrupt { received, error } => ErrorKind::CutShort { received, reason: error.to_string() }.into(),
                body::Stop::Broken { received, error } => classify(error, &hop.url, self.timeout, Stage::Body { received }),
            })
        } else {
            Ok(body::read_start(&headers, &mut answer).await)
        };
        drop(passage);
        let body = body.map_err(|error| error.of_request(&hop.method, &hop.url))?;
        let body = match charset::decode(&headers, &body, self.max_response_bytes) {
            Ok(decoded) => decoded.unwrap_or(body),
            // of an error response the status matters more
            Err(_) if !status.is_success() => body,
            Err(kind) => return Err(response(body).error(kind)),
        };
        let mut response = response(body).within(self.max_response_bytes);
        let verdict = judge(&rules.response_actions, &mut response)?;
        self.settle(rules, response, verdict)
    }

    /// The answer, or the error that it is.
    fn settle(&self, rules: &Rules, response: Response, verdict: Verdict) -> Result<Response, Error> {
        let status = response.status();
        match verdict {
            Verdict::Ignore => return Ok(response.ignored()),
            Verdict::Continue if status.is_success() => return Ok(response),
            Verdict::Continue | Verdict::Retry | Verdict::Fail => {}
        }
        let is_limited = is_rate_limit(status, response.headers());
        let wait = stated_wait(status, response.headers(), SystemTime::now());
        if let Some(wait) = wait.filter(|_| is_limited) {
            self.gate.pause(&host(response.url()), wait.min(rules.retry.max_delay));
        }
        let kind = if status.is_success() { ErrorKind::ErrorInside(status) } else { ErrorKind::Status(status) };
        let error = response.error(kind).with_stated_wait(wait);
        Err(match verdict {
            Verdict::Retry => error.retryable(true),
            Verdict::Fail => error.retryable(false),
            _ if is_limited => error.retryable(true).without_effect(),
            _ => error,
        })
    }
}

/// Whether a 206 has some bytes of an answer, where no range was asked for. APIs answer so for a page of a list too: they say
/// which rows it has, not which bytes.
fn is_part_of_bytes(sent: &HeaderMap, received: &HeaderMap) -> bool {
    let range = received.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    !sent.contains_key(RANGE) && range.is_none_or(|range| range.trim_start().starts_with("bytes"))
}
