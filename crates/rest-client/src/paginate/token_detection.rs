//! Tokens and numbers in a body that the next request sends on, and the parameters that they go to.

use catchment_json::JsonPath;

use super::body_detection;
use super::kind::DetectedPaginator;
use super::metadata_keys::{TOKENS, fold_key};
use super::page_metadata::PageMetadata;
use super::param_keys::PAGE_PARAMS;
use super::request_params::RequestParams;
use super::stepped_counter::parse_count;
use crate::response::Response;

/// A token, and its parameter.
pub(super) struct CursorToken {
    path: JsonPath,
    param: String,
    /// Whether it is not the number of a page or a row.
    is_opaque: bool,
}

impl CursorToken {
    pub(super) fn kind(self) -> DetectedPaginator {
        DetectedPaginator::Cursor { path: self.path, param: self.param }
    }

    /// Whether it is more certain than a number of pages: many APIs with tokens take no page numbers.
    pub(super) fn beats_page_numbers(&self) -> bool {
        self.is_opaque
    }
}

/// The token under a key that begins with `next`, or in an object there.
pub(super) fn next_token(response: &Response, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<CursorToken> {
    let document = response.document().ok()?;
    if let Some((path, param)) = body_detection::cursor(document) {
        let number = path.first(document.root()).and_then(parse_count);
        let param = number.and_then(|number| numbered_param(&path, number, signs, params)).unwrap_or(param);
        let is_opaque = number.is_none() || !counts(&fold_key(path.as_str()));
        return Some(CursorToken { param: known_param(&path, param, signs), path, is_opaque });
    }
    let field = signs.token_in_next()?;
    let is_opaque = parse_count(field.node).is_none() || !counts(&field.name);
    Some(CursorToken { path: field.path(), param: field.key().to_owned(), is_opaque })
}

/// Whether a number under this key is that of a page or of a row.
fn counts(name: &str) -> bool {
    ["next", "page", "pagenumber", "offset", "start", "startindex", "skip"].iter().any(|end| name.ends_with(end))
}

/// The parameter of a number that is that of the next page or of its first row, as the request or the response shows.
fn numbered_param(path: &JsonPath, number: u64, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<String> {
    let key = fold_key(path.as_str());
    if !counts(&key) {
        return None;
    }
    let asked_page = params.page().filter(|(_, page)| page.checked_add(1) == Some(number)).map(|(param, _)| param);
    let asked_offset = || params.offset().filter(|(_, offset)| *offset < number).map(|(param, _)| param);
    let page = || {
        let (field, _) = signs.page().filter(|(_, page)| page.checked_add(1) == Some(number))?;
        Some(page_param(field.key()))
    };
    let offset = || {
        let (field, _) = signs.offset().filter(|(_, offset)| offset.checked_add(signs.elements) == Some(number))?;
        Some(field.key().to_owned())
    };
    asked_page.or_else(asked_offset).or_else(page).or_else(|| offset().filter(|_| key.ends_with("next")))
}

/// The parameter for a number of a page that a response shows under a key.
pub(super) fn page_param(key: &str) -> String {
    if PAGE_PARAMS.contains(&fold_key(key).as_str()) { key.to_owned() } else { "page".to_owned() }
}

/// The parameter of a token that a family of APIs is known to use.
fn known_param(path: &JsonPath, param: String, signs: &PageMetadata<'_>) -> String {
    let is_object = |kind: &str| signs.token(&["object"]).is_some_and(|field| field.node.as_str().as_deref() == Some(kind));
    let known = match path.as_str() {
        // Jira
        "nextPageToken" if signs.has("islast") => "nextPageToken",
        // Notion
        "next_cursor" if is_object("list") => "start_cursor",
        // Zoom
        "next_page_token" if signs.has_key("pagesize") && signs.has_key("totalrecords") => "next_page_token",
        // Twitter
        "meta.next_token" if signs.has_key("resultcount") => "pagination_token",
        _ => return param,
    };
    known.to_owned()
}

/// A token under another key.
pub(super) fn other_token(signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<CursorToken> {
    TOKENS.iter().find_map(|(name, param)| {
        let field = signs.token(&[name])?;
        let text = field.node.as_str()?;
        let param = param.unwrap_or(field.key());
        // a response may show what was asked for
        let is_echo = text == "0" || params.has_value(&text);
        (!is_echo).then(|| CursorToken { path: field.path(), param: param.to_owned(), is_opaque: true })
    })
}
