//! One attempt, over all redirects, to the end of the body.

use std::time::SystemTime;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::oneshot;
use url::Url;

use super::failure::{Stage, classify};
use super::{Transport, body, redirect};
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::excerpt::excerpt;
use crate::redact::redact;
use crate::request::Request;
use crate::response::Response;
use crate::retry_after::retry_after;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;

/// What goes over the wire, which a redirect changes.
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) json: Option<String>,
}

impl Transport {
    /// Sends `request` once.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        early: &mut Option<oneshot::Sender<Response>>,
    ) -> Result<Response, Error> {
        let mut hop = self.first_hop(request);
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.exchange(&hop).await?;
            match redirect::target(&hop, &answer)? {
                Some(target) => redirect::follow(&mut hop, answer.status(), target),
                None => return self.finish(hop, answer, early).await,
            }
        }
        let kind = ErrorKind::TooManyRedirects { limit: MAX_REDIRECTS, last: redact(&hop.url) };
        Err(Error::new(kind).of_request(&request.method, &request.full_url()))
    }

    fn first_hop(&self, request: &Request) -> Hop {
        let mut headers = if request.trusted { self.headers.clone() } else { HeaderMap::new() };
        for name in request.headers.keys() {
            headers.remove(name);
            for value in request.headers.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        let json = request.json.as_ref().map(ToString::to_string);
        Hop { method: request.method.clone(), url: request.full_url(), headers, json }
    }

    async fn exchange(&self, hop: &Hop) -> Result<reqwest::Response, Error> {
        let mut headers = hop.headers.clone();
        if hop.json.is_some() && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let mut request = self.http.request(hop.method.clone(), hop.url.clone()).headers(headers);
        if let Some(json) = &hop.json {
            request = request.body(json.clone());
        }
        let error = |error| classify(error, &hop.url, self.timeout, Stage::Head).of_request(&hop.method, &hop.url);
        request.send().await.map_err(error)
    }

    /// Reads the body of an answer that is no redirect.
    async fn finish(
        &self,
        hop: Hop,
        mut answer: reqwest::Response,
        early: &mut Option<oneshot::Sender<Response>>,
    ) -> Result<Response, Error> {
        let Hop { method, url, .. } = hop;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        if !status.is_success() {
            let body = body::read_start(&mut answer).await;
            return Err(Error::new(ErrorKind::Status(status))
                .of_request(&method, &url)
                .with_answer(status, excerpt(&body))
                .with_retry_after(retry_after(&headers, SystemTime::now())));
        }
        if let Some(early) = early.take() {
            // nobody listens where the paginator needs the body
            let _ = early.send(Response::new(method.clone(), url.clone(), status, headers.clone(), Vec::new()));
        }
        match body::read(&mut answer, self.max_body_bytes).await {
            Ok(body) => Ok(Response::new(method, url, status, headers, body)),
            Err(body::Stop::TooLarge) => {
                Err(Error::new(ErrorKind::TooLarge { limit: self.max_body_bytes }).of_request(&method, &url))
            }
            Err(body::Stop::Broken { received, error }) => {
                Err(classify(error, &url, self.timeout, Stage::Body { received }).of_request(&method, &url))
            }
        }
    }
}
