//! Paginators that may fit, as specs write them.

use super::asked::Asked;
use super::counted::Unit;
use super::kind::Kind;
use super::signs::Signs;
use crate::response::Response;

/// One for a response with signs of more.
pub(super) fn by_signs(signs: &Signs<'_>, response: &Response, asked: Asked<'_>) -> String {
    let total = signs.total().map(|(path, _)| path);
    match (signs.more(), signs.last_id(response), total) {
        _ if let Some(offset) = asked.body_offset() => by_offset(&offset, signs, asked),
        _ if let Some(page) = asked.body_page() => by_page(&page, 1, None),
        (Some((flag, true)), Some(id), _) => {
            format!("{{type: cursor, cursor_path: \"{id}\", cursor_param: starting_after, has_more_path: {flag}}}")
        }
        (Some((flag, true)), None, _) => format!("{{type: page_number, base_page: 1, total_path: null, has_more_path: {flag}}}"),
        (_, _, Some(total)) => format!("{{type: offset, limit: {}, total_path: {total}}}", signs.elements.max(1)),
        _ => "{type: cursor, cursor_path: …, cursor_param: …}".to_owned(),
    }
}

/// The paginator that was found, with its parameter in the body of the request.
pub(super) fn in_body(kind: &Kind, signs: &Signs<'_>, asked: Asked<'_>) -> Option<String> {
    Some(match kind {
        Kind::Cursor { path, param } => {
            format!("{{type: cursor, cursor_path: {:?}, cursor_body_path: {:?}}}", path.as_str(), asked.body_path(param))
        }
        Kind::PageNumber { total, base, param, .. } => by_page(&asked.body_path(param), *base, Some(total.as_str())),
        Kind::Numbered { total, param } => by_page(&asked.body_path(param), 1, Some(total.as_str())),
        Kind::Counted { param, unit: Unit::Pages, first } => by_page(&asked.body_path(param), *first, None),
        Kind::Counted { param, unit: Unit::Rows, .. } => by_offset(&asked.body_path(param), signs, asked),
        Kind::HeaderLink | Kind::JsonLink(_) | Kind::HeaderCursor { .. } | Kind::SinglePage => return None,
    })
}

/// Page numbers at a path in the body.
fn by_page(path: &str, base: u64, total: Option<&str>) -> String {
    let total = total.map_or_else(|| "null".to_owned(), |total| format!("{total:?}"));
    format!("{{type: page_number, base_page: {base}, page_body_path: {path:?}, total_path: {total}}}")
}

/// An offset at a path in the body.
fn by_offset(path: &str, signs: &Signs<'_>, asked: Asked<'_>) -> String {
    let total = signs.total().map_or_else(|| "null".to_owned(), |(path, _)| format!("{:?}", path.as_str()));
    let size = asked.body_size().unwrap_or_else(|| "limit".to_owned());
    let limit = signs.elements.max(1);
    format!("{{type: offset, limit: {limit}, offset_body_path: {path:?}, limit_body_path: {size:?}, total_path: {total}}}")
}
