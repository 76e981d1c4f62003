//! Page streams of resources.

use std::pin::Pin;
use std::sync::Arc;

use catchment_extract::{Page, PageError, ResumePoint, Row};
use catchment_json::{Selection, Value};
use catchment_rest_client::{Page as ClientPage, PaginationStream, RestClient};
use futures_util::{Stream, StreamExt as _, stream};

use crate::endpoint::{Endpoint, IncludedFields, with_fields};

type PageStream = Pin<Box<dyn Stream<Item = Result<Page, PageError>> + Send>>;

/// Returns the pages of a resource without a parent. Ranges in windows end at `now`, in microseconds since 1970.
pub(crate) fn root_pages(endpoint: &Arc<Endpoint>, start: &ResumePoint, now: i64) -> PageStream {
    windowed_pages(endpoint, start, now, request_root)
}

/// Returns the pages of a dependent resource for a parent row. A skipped row yields one page without rows but with a
/// warning.
pub(crate) fn dependent_pages(endpoint: &Arc<Endpoint>, row: Row, start: &ResumePoint, now: i64) -> PageStream {
    match endpoint.check_parent_row(&row) {
        Ok(None) => {}
        Ok(Some(warning)) => return Box::pin(stream::iter([without_rows(vec![warning])])),
        Err(error) => return failed(error.into()),
    }
    let IncludedFields { fields, warnings } = match endpoint.included_fields(&row) {
        Ok(included) => included,
        Err(error) => return failed(error),
    };
    let pages = windowed_pages(endpoint, start, now, move |endpoint, start| request_dependent(endpoint, &row, &fields, start));
    with_warnings(pages, warnings)
}

/// Returns a page without rows that carries warnings.
fn without_rows(warnings: Vec<String>) -> Result<Page, PageError> {
    let rows = Selection::try_from(Vec::<Value>::new())?;
    Ok(Page { warnings, bytes: 0, ..Page::from(rows) })
}

/// Adds warnings to the first page.
fn with_warnings(pages: PageStream, mut warnings: Vec<String>) -> PageStream {
    if warnings.is_empty() {
        return pages;
    }
    Box::pin(pages.map(move |page| {
        let mut page = page?;
        page.warnings.append(&mut warnings);
        Ok(page)
    }))
}

/// Returns the pages of all windows of a range in order, or all pages if the endpoint has no windows.
fn windowed_pages(
    endpoint: &Arc<Endpoint>,
    start: &ResumePoint,
    now: i64,
    pages: impl Fn(&Endpoint, &ResumePoint) -> PageStream + Send + 'static,
) -> PageStream {
    let windows = match endpoint.windows(start, now) {
        None => return pages(endpoint, start),
        Some(Ok(windows)) => windows,
        Some(Err(error)) => return failed(error.into()),
    };
    let endpoint = Arc::clone(endpoint);
    // the position of a page does not identify its window
    let without_position = |page: Result<Page, PageError>| page.map(|page| page.with_next_position(None));
    Box::pin(stream::iter(windows).flat_map(move |start| pages(&endpoint, &start)).map(without_position))
}

fn request_root(endpoint: &Endpoint, start: &ResumePoint) -> PageStream {
    let request = match endpoint.request(start, None) {
        Ok(request) => request,
        Err(error) => return failed(error.into()),
    };
    let client = gated_client(endpoint, start);
    let pages = match &start.position {
        Some(position) => client.paginate_from(request, position),
        None => client.paginate(request),
    };
    to_pages(pages, Vec::new())
}

fn request_dependent(endpoint: &Endpoint, row: &Row, fields: &[(String, Value)], start: &ResumePoint) -> PageStream {
    match endpoint.request(start, Some(row)) {
        Ok(request) => to_pages(gated_client(endpoint, start).paginate(request), fields.to_vec()),
        Err(error) => failed(error.into()),
    }
}

/// Returns the client of an endpoint, which refetches pages only in their turn.
fn gated_client(endpoint: &Endpoint, start: &ResumePoint) -> RestClient {
    let turn = start.turn.clone();
    endpoint.client().clone().with_refetch_gate(move || {
        let turn = turn.clone();
        async move { turn.acquire().await }
    })
}

fn failed(error: PageError) -> PageStream {
    Box::pin(stream::iter([Err(error)]))
}

fn to_pages(pages: PaginationStream, fields: Vec<(String, Value)>) -> PageStream {
    let page = move |page: ClientPage| {
        let rows = with_fields(page.rows, &fields)?;
        Ok(Page { rows, position: page.position, bytes: page.body_len, warnings: page.warnings, permit: Some(page.permit) })
    };
    Box::pin(pages.map(move |found| page(found?)))
}
