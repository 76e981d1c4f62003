//! Suggested paginators, in the syntax of specs.

use super::counter::CounterUnit;
use super::kind::DetectedPaginator;
use super::page_metadata::PageMetadata;
use super::request_params::RequestParams;
use crate::response::Response;

/// Suggests a paginator for a response with signs of further pages.
pub(super) fn by_signs(signs: &PageMetadata<'_>, response: &Response, params: RequestParams<'_>) -> String {
    let total = signs.total().map(|(path, _)| path);
    match (signs.more(), signs.last_id(response), total) {
        _ if let Some(offset) = params.body_offset() => by_offset(&offset, signs, params),
        _ if let Some(page) = params.body_page() => by_page(&page, 1, None),
        (Some((flag, true)), Some(id), _) => {
            format!("{{type: cursor, cursor_path: \"{id}\", cursor_param: starting_after, has_more_path: {flag}}}")
        }
        (Some((flag, true)), None, _) => format!("{{type: page_number, base_page: 1, total_path: null, has_more_path: {flag}}}"),
        (_, _, Some(total)) => format!("{{type: offset, limit: {}, total_path: {total}}}", signs.elements.max(1)),
        _ => "{type: cursor, cursor_path: …, cursor_param: …}".to_owned(),
    }
}

/// Suggests the detected paginator with its parameter in the request body.
pub(super) fn in_body(kind: &DetectedPaginator, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<String> {
    Some(match kind {
        DetectedPaginator::Cursor { path, param } => {
            format!("{{type: cursor, cursor_path: {:?}, cursor_body_path: {:?}}}", path.as_str(), params.body_path(param))
        }
        DetectedPaginator::PageNumber { total, base, param, .. } => {
            by_page(&params.body_path(param), *base, Some(total.as_str()))
        }
        DetectedPaginator::Numbered { total, param } => by_page(&params.body_path(param), 1, Some(total.as_str())),
        DetectedPaginator::Counted { param, unit: CounterUnit::Pages, first } => by_page(&params.body_path(param), *first, None),
        DetectedPaginator::Counted { param, unit: CounterUnit::Rows, .. } => by_offset(&params.body_path(param), signs, params),
        DetectedPaginator::HeaderLink
        | DetectedPaginator::JsonLink(_)
        | DetectedPaginator::HeaderCursor { .. }
        | DetectedPaginator::SinglePage => return None,
    })
}

/// Suggests page numbers at a path in the request body.
fn by_page(path: &str, base: u64, total: Option<&str>) -> String {
    let total = total.map_or_else(|| "null".to_owned(), |total| format!("{total:?}"));
    format!("{{type: page_number, base_page: {base}, page_body_path: {path:?}, total_path: {total}}}")
}

/// Suggests an offset at a path in the request body.
fn by_offset(path: &str, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> String {
    let total = signs.total().map_or_else(|| "null".to_owned(), |(path, _)| format!("{:?}", path.as_str()));
    let size = params.body_size().unwrap_or_else(|| "limit".to_owned());
    let limit = signs.elements.max(1);
    format!("{{type: offset, limit: {limit}, offset_body_path: {path:?}, limit_body_path: {size:?}, total_path: {total}}}")
}
