//! Tokens and numbers in a body that the next request sends on, and the parameters that they go to.

use catchment_json::Path;

use super::asked::Asked;
use super::hint;
use super::kind::Kind;
use super::names::{TOKENS, letters};
use super::param_names::PAGE_PARAMS;
use super::range::whole;
use super::signs::Signs;
use crate::response::Response;

/// A token, and its parameter.
pub(super) struct Token {
    path: Path,
    param: String,
    /// Whether it is not the number of a page or a row.
    is_opaque: bool,
}

impl Token {
    pub(super) fn kind(self) -> Kind {
        Kind::Cursor { path: self.path, param: self.param }
    }

    /// Whether it is more certain than a number of pages: many APIs with tokens take no page numbers.
    pub(super) fn beats_page_numbers(&self) -> bool {
        self.is_opaque
    }
}

/// The token under a key that begins with `next`, or in an object there.
pub(super) fn next_token(response: &Response, signs: &Signs<'_>, asked: Asked<'_>) -> Option<Token> {
    let document = response.document().ok()?;
    if let Some((path, param)) = hint::cursor(document) {
        let number = path.first(document.root()).and_then(whole);
        let param = number.and_then(|number| numbered_param(&path, number, signs, asked)).unwrap_or(param);
        let is_opaque = number.is_none() || !counts(&letters(path.as_str()));
        return Some(Token { param: known_param(&path, param, signs), path, is_opaque });
    }
    let field = signs.token_in_next()?;
    let is_opaque = whole(field.node).is_none() || !counts(&field.name);
    Some(Token { path: field.path(), param: field.key().to_owned(), is_opaque })
}

/// Whether a number under this key is that of a page or of a row.
fn counts(name: &str) -> bool {
    ["next", "page", "pagenumber", "offset", "start", "startindex", "skip"].iter().any(|end| name.ends_with(end))
}

/// The parameter of a number that is that of the next page or of its first row, as the request or the response shows.
fn numbered_param(path: &Path, number: u64, signs: &Signs<'_>, asked: Asked<'_>) -> Option<String> {
    let key = letters(path.as_str());
    if !counts(&key) {
        return None;
    }
    let asked_page = asked.page().filter(|(_, page)| page.checked_add(1) == Some(number)).map(|(param, _)| param);
    let asked_offset = || asked.offset().filter(|(_, offset)| *offset < number).map(|(param, _)| param);
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
    if PAGE_PARAMS.contains(&letters(key).as_str()) { key.to_owned() } else { "page".to_owned() }
}

/// The parameter of a token that a family of APIs is known to use.
fn known_param(path: &Path, param: String, signs: &Signs<'_>) -> String {
    let is_object = |kind: &str| signs.token(&["object"]).is_some_and(|field| field.node.text().as_deref() == Some(kind));
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
pub(super) fn other_token(signs: &Signs<'_>, asked: Asked<'_>) -> Option<Token> {
    TOKENS.iter().find_map(|(name, param)| {
        let field = signs.token(&[name])?;
        let text = field.node.text()?;
        let param = param.unwrap_or(field.key());
        // a response may show what was asked for
        let is_echo = text == "0" || asked.has_value(&text);
        (!is_echo).then(|| Token { path: field.path(), param: param.to_owned(), is_opaque: true })
    })
}
