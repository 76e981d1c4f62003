//! The stream of the pages of an endpoint.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_stream::try_stream;
use catchment_json::{Selection, Value};
use catchment_settings::Redactor;
use futures_core::Stream;
use reqwest::StatusCode;

use super::Paginator;
use super::config::PaginationConfig;
use super::fetch::PageFetch;
use super::loop_detector::LoopDetector;
use super::next_request::{first_request, next_request, untrusted_origin_warning, untrusted_start_warning};
use super::page::Page;
use super::row_selector::RowSelector;
use crate::error::Error;
use crate::excerpt::redacted;
use crate::request::Request;
use crate::request_config::RequestConfig;
use crate::transport::Transport;

/// A [`Stream`] of the pages of an endpoint. It ends after an error.
///
/// ```no_run
/// use futures_util::TryStreamExt as _;
///
/// # async fn example() -> Result<(), catchment_rest_client::Error> {
/// let pages = catchment_rest_client::paginate("https://api.example.com/issues", &[]);
/// let rows = pages.try_fold(0, async |rows, page| Ok(rows + page.rows.ids.len())).await?;
/// println!("{rows} rows");
/// # Ok(())
/// # }
/// ```
#[must_use = "no request is sent before the first page is polled"]
pub struct PaginationStream {
    stream: Pin<Box<dyn Stream<Item = Result<Page, Error>> + Send>>,
    redactor: Redactor,
}

impl PaginationStream {
    /// Returns the next page, or `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Page, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Creates a stream that yields only an error.
    pub fn from_error(error: Error) -> PaginationStream {
        PaginationStream { stream: Box::pin(async_stream::stream! { yield Err(error); }), redactor: Redactor::default() }
    }
}

impl Stream for PaginationStream {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let PaginationStream { stream, redactor } = &mut *self;
        stream.as_mut().poll_next(context).map_err(|error| error.redacted(redactor))
    }
}

impl std::fmt::Debug for PaginationStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaginationStream").finish_non_exhaustive()
    }
}

/// Returns the pages that begin with `request`.
///
/// The next page is requested before a page is yielded, so that the server and the consumer work in parallel. No page is
/// requested before the consumer polls for the preceding one. At most two pages exist at a time, including that of the
/// consumer; `parallel_pages` raises that. With a limit on page memory, a page is prefetched only if a page of the last size
/// still fits.
pub(crate) fn pages(
    transport: Arc<Transport>,
    rules: Arc<RequestConfig>,
    mut request: Request,
    paging: PaginationConfig,
) -> PaginationStream {
    let PaginationConfig { mut paginator, data_selector, data_selector_required, parallel_pages, position, memory } = paging;
    let mut selector = RowSelector::new(data_selector, data_selector_required);
    let redactor = rules.redactor.clone();
    let stream: Pin<Box<dyn Stream<Item = Result<Page, Error>> + Send>> = Box::pin(try_stream! {
        let logged = |warning: String| log_warning(&warning, &rules.redactor);
        // not logged, because every row of a parent resource may cause one
        let mut warnings = Vec::from_iter(untrusted_start_warning(&request));
        warnings.extend(first_request(&mut paginator, &rules, &mut request, position.as_ref())?.map(&logged));
        let mut seen = LoopDetector::default();
        let mut number = 0;
        let start = |request: Request| match memory.try_reserve() {
            Some(permit) => (request.clone(), PageFetch::start(&transport, &rules, request, permit)),
            None => (request, PageFetch::deferred()),
        };
        let mut fetch = PageFetch::deferred();
        // the prefetched pages after this one
        let mut ahead = VecDeque::new();
        loop {
            if !fetch.is_sent() {
                (request, fetch) = start(request);
            }
            if ahead.is_empty() && !paginator.needs_body() && let Some(head) = fetch.head().await {
                // ignore errors: the complete response causes them again
                let next = next_request(&mut paginator.clone(), &rules, &request, &head).unwrap_or_default();
                ahead.extend(next.map(|next| start(next.request)));
            }

            let mut alone = None;
            let (mut response, permit) = loop {
                match fetch.response().await.map_err(|error| add_paginator_note(error, paginator.as_ref(), &request))? {
                    Some(fetched) => break fetched,
                    None => {
                        let (permit, turn) = memory.reserve_exclusive().await;
                        alone = Some(turn);
                        fetch = PageFetch::start(&transport, &rules, request.clone(), permit);
                    }
                }
            };
            if response.is_ignored() {
                tracing::debug!("a response action ignored {}: the pagination ends", response.shown_url());
                break;
            }
            let document = response.document()?.clone();
            let (rows, warning) = selector.select(&document, &response)?;
            response.set_rows(rows);
            warnings.extend(warning.map(&logged));
            let is_new = seen.check(&request, &response);
            let next = next_request(&mut paginator, &rules, &request, &response);
            warnings.extend(paginator.take_warnings().into_iter().map(&logged));
            // a probe that confirms the end may repeat an earlier page
            let is_known_end = paginator.is_probe_page() && matches!(next, Ok(None));
            if !is_known_end {
                is_new?;
            }

            let (wanted, position) = match next? {
                Some(next) => {
                    warnings.extend(next.warning.map(&logged));
                    let further = paginator.lookahead_requests(&next.request, parallel_pages - 1);
                    (std::iter::once(next.request).chain(further).collect(), next.position)
                }
                None => (Vec::new(), None),
            };
            memory.record_page_size(document.memory_size());
            fetch_ahead(&mut ahead, wanted, start);
            if !paginator.is_probe_page() {
                number += 1;
                let (url, bytes) = (response.shown_url(), response.body_len());
                let warnings = std::mem::take(&mut warnings);
                let ids = response.take_rows().ids;
                let position = position.filter(|position| !has_secret(position, &rules.redactor));
                let permit = Arc::new(permit);
                let page = Page { rows: Selection { document, ids }, url, number, body_len: bytes, position, warnings, permit };
                drop(alone);
                yield page;
            }
            match ahead.pop_front() {
                Some(next) => (request, fetch) = next,
                None => break,
            }
        }
    });
    PaginationStream { stream, redactor }
}

/// Returns whether a position contains a secret. Positions are stored.
fn has_secret(position: &Value, redactor: &Redactor) -> bool {
    match position {
        Value::String(text) => redactor.redact(text) != *text,
        Value::Array(values) => values.iter().any(|value| has_secret(value, redactor)),
        Value::Object(entries) => entries.values().any(|value| has_secret(value, redactor)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Redacts and logs a warning.
fn log_warning(warning: &str, redactor: &Redactor) -> String {
    let warning = redacted(warning, redactor);
    tracing::warn!("{warning}");
    warning
}

/// Adds a note to an error if the pagination may have caused it.
fn add_paginator_note(error: Error, paginator: &dyn Paginator, request: &Request) -> Error {
    let is_refused = error.status().is_some_and(|status| status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS);
    if !is_refused {
        return error;
    }
    match (request.trusted, paginator.explain_failure()) {
        (false, _) => error.with_note(untrusted_origin_warning(request)),
        (true, Some(note)) => error.with_note(note),
        (true, None) => error,
    }
}

/// Keeps the prefetched pages that match `wanted`, and requests the rest. Other prefetched pages were predicted by an
/// earlier attempt or an earlier page.
fn fetch_ahead<F>(ahead: &mut VecDeque<(Request, F)>, wanted: Vec<Request>, start: impl FnMut(Request) -> (Request, F)) {
    let same = ahead.iter().zip(&wanted).take_while(|((params, _), wanted)| params == *wanted).count();
    ahead.truncate(same);
    ahead.extend(wanted.into_iter().skip(same).map(start));
}

#[cfg(test)]
mod tests {
    use super::{Redactor, Value, has_secret};

    #[track_caller]
    fn check(position: &str, expected: bool) {
        let redactor = Redactor::from_iter(["s3cret".into()]);
        assert_eq!(has_secret(&Value::parse(position).unwrap(), &redactor), expected, "{position}");
    }

    #[test]
    fn positions_with_secrets() {
        check(r#""https://api.example.com/issues?page=2""#, false);
        check(r#""https://api.example.com/issues?page=2&api_key=42""#, true);
        check(r#""https://api.example.com/issues?page=2&who=s3cret""#, true);
        check(r#""https://api.example.com/s3%63ret/issues""#, true);
        check(r#"{"link": "https://me:pw@api.example.com/issues"}"#, true);
        check(r#"["abc", 7, null]"#, false);
    }
}
