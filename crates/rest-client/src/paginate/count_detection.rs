//! Detection of page numbers and offsets in the response or the request.

use catchment_json::JsonPath;

use super::body_detection;
use super::counter::CounterUnit;
use super::kind::DetectedPaginator;
use super::page_metadata::PageMetadata;
use super::request_params::RequestParams;
use super::token_detection::page_param;
use crate::response::Response;

/// Returns a page number paginator if the body has a page count greater than one.
pub(super) fn by_page_count(
    response: &Response,
    signs: &PageMetadata<'_>,
    params: RequestParams<'_>,
) -> Option<DetectedPaginator> {
    let document = response.document().ok()?;
    let (total, base) = body_detection::total(document)?;
    let base = base.or_else(|| params.page().map(|(_, page)| page).filter(|page| *page <= 1));
    Some(pages(total, base, signs, params))
}

/// Returns a page number paginator for page counts under keys that are less reliable than a token.
pub(super) fn by_other_page_count(signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<DetectedPaginator> {
    let (total, _) = signs.page_count().filter(|(_, pages)| *pages > 1)?;
    let page = signs.page().map(|(_, page)| page).or(params.page().map(|(_, page)| page));
    Some(pages(total, page.filter(|page| *page <= 1), signs, params))
}

fn pages(total: JsonPath, base: Option<u64>, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> DetectedPaginator {
    let shown = || signs.page().map_or_else(|| "page".to_owned(), |(field, _)| page_param(field.key()));
    let param = params.page().map_or_else(shown, |(param, _)| param);
    // if the request skips the first page, assume base 1: with base 0 the extra page is only empty
    let later = params.page().map(|(_, page)| page).filter(|page| *page > 1);
    match (base, later) {
        (_, Some(first)) => DetectedPaginator::PageNumber { total, base: 1, first, param },
        (Some(base), None) => DetectedPaginator::PageNumber { total, base, first: base, param },
        (None, None) => DetectedPaginator::Numbered { total, param },
    }
}

/// Returns a paginator for an offset or page number, or for the one that usually accompanies the metadata.
pub(super) fn by_number(
    signs: &PageMetadata<'_>,
    params: RequestParams<'_>,
    has_total: bool,
    has_pages: bool,
) -> Option<DetectedPaginator> {
    let counted = |param: String, unit, first| Some(DetectedPaginator::Counted { param, unit, first });
    if let Some((field, shown)) = signs.offset() {
        let (param, first) = params.offset().unwrap_or_else(|| (offset_param(field.key(), signs), 0));
        // APIs that count from 1 show 1 if the request has no offset or 0
        if shown <= 1 || shown == first {
            return counted(param, CounterUnit::Rows, shown);
        }
        // the number may be the offset of the next page; any other number cannot be incremented
        let is_next = first.checked_add(signs.elements) == Some(shown) || signs.more().is_some_and(|(_, more)| more);
        return is_next.then(|| DetectedPaginator::Cursor { path: field.path(), param });
    }
    if let Some((field, shown)) = signs.page() {
        let (param, first) = params.page().unwrap_or_else(|| (page_param(field.key()), shown.min(1)));
        return counted(param, CounterUnit::Pages, if shown <= 1 { shown } else { first });
    }
    if let Some((param, first)) = params.offset() {
        return counted(param, CounterUnit::Rows, first);
    }
    if let Some((param, first)) = params.page() {
        return counted(param, CounterUnit::Pages, first);
    }
    let has_size = signs.size().is_some() || (signs.limit().is_none() && params.size().is_some());
    if has_pages || (has_total && has_size) {
        return counted("page".to_owned(), CounterUnit::Pages, 1);
    }
    (has_total && (signs.limit().is_some() || params.limit().is_some())).then_some(())?;
    counted("offset".to_owned(), CounterUnit::Rows, 0)
}

fn offset_param(key: &str, signs: &PageMetadata<'_>) -> String {
    // CouchDB
    if key == "offset" && signs.has_key("totalrows") && signs.is_list("rows") { "skip".to_owned() } else { key.to_owned() }
}

/// Returns a cursor paginator for a `last_id` or the `id` of the last row. Requires a flag that indicates further pages.
pub(super) fn by_last_id(response: &Response, signs: &PageMetadata<'_>) -> Option<DetectedPaginator> {
    if let Some(field) = signs.token(&["lastid"]) {
        let param = if signs.has("object") { "after" } else { "after_id" };
        return Some(DetectedPaginator::Cursor { path: field.path(), param: param.to_owned() });
    }
    let path = signs.last_id(response)?;
    Some(DetectedPaginator::Cursor { path, param: "starting_after".to_owned() })
}
