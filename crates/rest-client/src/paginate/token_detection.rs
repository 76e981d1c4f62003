//! Detection of tokens and numbers for the next request, and of their parameters.

use catchment_json::JsonPath;

use super::body_detection;
use super::kind::DetectedPaginator;
use super::metadata_keys::{TOKENS, fold_key};
use super::page_metadata::PageMetadata;
use super::param_keys::PAGE_PARAMS;
use super::request_params::RequestParams;
use super::stepped_counter::parse_count;
use crate::response::Response;

/// A token and its request parameter.
pub(super) struct CursorToken {
    path: JsonPath,
    param: String,
    /// Whether the token is not a page or row number.
    is_opaque: bool,
}

impl CursorToken {
    pub(super) fn kind(self) -> DetectedPaginator {
        DetectedPaginator::Cursor { path: self.path, param: self.param }
    }

    /// Returns whether the token takes precedence over a page count: many APIs with tokens do not support page numbers.
    pub(super) fn beats_page_numbers(&self) -> bool {
        self.is_opaque
    }
}

/// Returns the token under a key that begins with `next`, or in an object under such a key.
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

/// Returns whether a number under this key is a page or row number.
fn counts(name: &str) -> bool {
    ["next", "page", "pagenumber", "offset", "start", "startindex", "skip"].iter().any(|end| name.ends_with(end))
}

/// Returns the parameter for the number of the next page or of its first row, as shown by the request or the response.
fn numbered_param(path: &JsonPath, number: u64, signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<String> {
    let key = fold_key(path.as_str());
    if !counts(&key) {
        return None;
    }
    let requested_page = params.page().filter(|(_, page)| page.checked_add(1) == Some(number)).map(|(param, _)| param);
    let requested_offset = || params.offset().filter(|(_, offset)| *offset < number).map(|(param, _)| param);
    let page = || {
        let (field, _) = signs.page().filter(|(_, page)| page.checked_add(1) == Some(number))?;
        Some(page_param(field.key()))
    };
    let offset = || {
        let (field, _) = signs.offset().filter(|(_, offset)| offset.checked_add(signs.elements) == Some(number))?;
        Some(field.key().to_owned())
    };
    requested_page.or_else(requested_offset).or_else(page).or_else(|| offset().filter(|_| key.ends_with("next")))
}

/// Returns the parameter for a page number that a response shows under `key`.
pub(super) fn page_param(key: &str) -> String {
    if PAGE_PARAMS.contains(&fold_key(key).as_str()) { key.to_owned() } else { "page".to_owned() }
}

/// Returns the parameter of a token in a known family of APIs, or else `param`.
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

/// Returns a token under another known key.
pub(super) fn other_token(signs: &PageMetadata<'_>, params: RequestParams<'_>) -> Option<CursorToken> {
    TOKENS.iter().find_map(|(name, param)| {
        let field = signs.token(&[name])?;
        let text = field.node.as_str()?;
        let param = param.unwrap_or(field.key());
        // a response may echo the token of the request
        let is_echo = text == "0" || params.has_value(&text);
        (!is_echo).then(|| CursorToken { path: field.path(), param: param.to_owned(), is_opaque: true })
    })
}
