//! The pages of an endpoint.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_stream::try_stream;
use catchment_json::{Document, Path, Selection};
use futures_core::Stream;

use super::Paginator;
use super::fetch::Fetch;
use super::page::Page;
use super::seen::Seen;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::redact::redact;
use crate::request::Request;
use crate::response::Response;
use crate::select::{self, Rows, Shape};
use crate::transport::Transport;

/// The pages of an endpoint, a [`Stream`]. After an error there are no further pages.
#[must_use = "nothing is requested before the first page is asked for"]
pub struct Pages {
    stream: Pin<Box<dyn Stream<Item = Result<Page, Error>> + Send>>,
}

impl Pages {
    /// The next page, or nothing after the last one.
    pub async fn next(&mut self) -> Option<Result<Page, Error>> {
        std::future::poll_fn(|context| self.stream.as_mut().poll_next(context)).await
    }

    /// An error in the place of pages that could not be begun with.
    pub fn failed(error: Error) -> Pages {
        Pages { stream: Box::pin(async_stream::stream! { yield Err(error); }) }
    }
}

impl Stream for Pages {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(context)
    }
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

/// The pages that begin with `request`.
///
/// When a page is handed out, the next one has been asked for, so that the server and the consumer work at the
/// same time. It is asked for only when the consumer wants the page before it: with the page that the consumer
/// has, there are never more than two.
pub(crate) fn pages(
    transport: Arc<Transport>,
    mut request: Request,
    mut paginator: Box<dyn Paginator>,
    mut selector: Option<Path>,
) -> Pages {
    let stream = try_stream! {
        let mut seen = Seen::default();
        let mut fetch = Fetch::start(&transport, request.clone());
        for number in 1.. {
            let mut early = None;
            if !paginator.needs_body() && let Some(head) = fetch.head().await {
                // an error will come again from the complete answer
                let next = next_request(&mut paginator.clone(), &request, &head).unwrap_or_default();
                early = next.map(|next| (Fetch::start(&transport, next.clone()), next));
            }

            let mut response = fetch.response().await?;
            if seen.repeats(&request, &response) {
                Err(response.error(ErrorKind::Repeated))?;
            }
            let document = response.document()?.clone();
            let rows = rows(&document, &mut selector, &response);
            response.set_rows(rows.clone());
            let next = next_request(&mut paginator, &request, &response)?;
            if let Some(next) = next.as_ref().filter(|next| request.trusted && !next.trusted) {
                let (from, to) = (request.url.origin().ascii_serialization(), next.url.origin().ascii_serialization());
                tracing::warn!("{from} has its next page at {to}: the configured headers are not sent there");
            }

            let ahead = match (next, early) {
                // the complete answer came from a later attempt if it says something else
                (Some(next), Some((fetch, requested))) if requested == next => Some((fetch, next)),
                (Some(next), _) => Some((Fetch::start(&transport, next.clone()), next)),
                (None, _) => None,
            };
            yield Page { rows: Selection { document, ids: rows.ids }, url: redact(response.url()), number, bytes: response.bytes() };
            match ahead {
                Some(next) => (fetch, request) = next,
                None => break,
            }
        }
    };
    Pages { stream: Box::pin(stream) }
}

/// The request of the page after `response`, the answer to `request`.
fn next_request(paginator: &mut Box<dyn Paginator>, request: &Request, response: &Response) -> Result<Option<Request>, Error> {
    paginator.update_state(response)?;
    if !paginator.has_next_page() {
        return Ok(None);
    }
    let mut next = request.clone();
    paginator.update_request(&mut next);
    next.distrust_if_away_from(&request.url);
    Ok(Some(next))
}

/// The rows of a page. A selector is looked for until one is found: an envelope without a list, as an empty
/// first page may have it, says nothing about the pages that follow.
fn rows(document: &Document, selector: &mut Option<Path>, response: &Response) -> Rows {
    if selector.is_none() {
        *selector = select::detect(document);
    }
    let rows = select::select(document, selector.as_ref());
    let found = match rows.shape {
        Shape::Null => "null",
        Shape::Missing => "nothing",
        Shape::List | Shape::Single => return rows,
    };
    let place = selector.as_ref().map_or("$", Path::as_str);
    tracing::warn!("{} has {found} at {place}, where its rows should be: no rows", redact(response.url()));
    rows
}
