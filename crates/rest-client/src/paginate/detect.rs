//! Finding the way to the next page in the first one.

use catchment_json::Path;

use super::counted::Unit;
use super::hint::{self, letters};
use super::kind::Kind;
use super::signs::Signs;
use crate::error::Error;
use crate::error_kind::ErrorKind;
use crate::response::Response;
use crate::select::Shape;

/// Headers with the next value of a parameter.
const NEXT_HEADERS: &[(&str, &str)] = &[("x-next-page", "page"), ("x-ms-continuationtoken", "continuationToken")];
const TOTAL_HEADERS: &[&str] = &["x-total-count", "x-total", "x-wp-total"];
const PAGE_COUNT_HEADERS: &[&str] = &["x-total-pages", "x-wp-totalpages", "x-pages"];

/// Tokens under a key that does not begin with `next`, and the parameter that each goes to; none is that of its key.
const TOKENS: &[(&str, Option<&str>)] = &[
    ("endcursor", Some("after")),
    ("aftercursor", Some("after")),
    ("after", Some("after")),
    ("startingafter", None),
    ("continuationtoken", None),
    ("continuation", None),
    ("pagetoken", None),
    ("marker", None),
    ("cursor", None),
    ("offset", None),
];

/// Parameters for how many rows a page has.
const SIZE_PARAMS: &[&str] =
    &["limit", "perpage", "pagesize", "first", "top", "size", "count", "maxresults", "take", "itemsperpage"];
const OFFSET_PARAMS: &[&str] = &["offset", "skip", "startat", "start", "from", "startindex"];
const PAGE_PARAMS: &[&str] = &["page", "p", "pagenumber", "pageno", "pageindex"];

/// How many rows APIs like to give where nobody says how many.
const ROUND: &[u64] = &[10, 20, 25, 30, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000];

/// What the first page leads to.
pub(super) struct Detected {
    pub(super) kind: Kind,
    pub(super) warning: Option<String>,
}

impl From<Kind> for Detected {
    fn from(kind: Kind) -> Detected {
        Detected { kind, warning: None }
    }
}

/// The way from the first page to the next one.
///
/// # Errors
///
/// Where there are signs of further pages but no way to them.
pub(super) fn detect(response: &Response) -> Result<Detected, Error> {
    if response.link("next")?.is_some() {
        return Ok(Kind::HeaderLink.into());
    }
    let document = response.document()?;
    if let Some(path) = hint::link(document) {
        return Ok(Kind::JsonLink(path).into());
    }
    // a single object may well have a key like `next_billing_date`
    if response.rows().shape != Shape::List {
        return Ok(Kind::SinglePage.into());
    }
    let signs = Signs::of(response);
    for (key, param) in NEXT_HEADERS {
        if header(response, key).is_some_and(|value| !value.is_empty()) {
            return Ok(Kind::HeaderCursor { key: (*key).to_owned(), param: (*param).to_owned() }.into());
        }
    }
    if let Some((total, base)) = hint::total(document) {
        let base = base.or_else(|| query(response, PAGE_PARAMS).map(|(_, page)| page).filter(|page| *page <= 1));
        let kind = base.map_or(Kind::Numbered { total: total.clone() }, |base| Kind::PageNumber { total, base });
        return Ok(kind.into());
    }
    let more = signs.more();
    if more.as_ref().is_none_or(|(_, more)| *more) {
        if let Some((path, param)) = hint::cursor(document).map(|found| known_param(found, &signs)) {
            return Ok(Kind::Cursor { path, param }.into());
        }
        if let Some(kind) = token(response, &signs) {
            return Ok(kind.into());
        }
    }
    if let Some((total, _)) = signs.page_count().filter(|(_, pages)| *pages > 1) {
        let page = signs.page().map(|(_, page)| page).or(query(response, PAGE_PARAMS).map(|(_, page)| page));
        let kind = page.filter(|page| *page <= 1);
        return Ok(kind.map_or(Kind::Numbered { total: total.clone() }, |base| Kind::PageNumber { total, base }).into());
    }
    counted_or_last_id(response, &signs)
}

/// The parameter of a token that a family of APIs is known to use.
fn known_param((path, param): (Path, String), signs: &Signs<'_>) -> (Path, String) {
    let is_jira = path.as_str() == "nextPageToken" && signs.has("islast");
    let is_notion = path.as_str() == "next_cursor"
        && signs.token(&["object"]).is_some_and(|field| field.node.text().as_deref() == Some("list"));
    match (is_jira, is_notion) {
        (true, _) => (path, "nextPageToken".to_owned()),
        (_, true) => (path, "start_cursor".to_owned()),
        _ => (path, param),
    }
}

fn token(response: &Response, signs: &Signs<'_>) -> Option<Kind> {
    TOKENS.iter().find_map(|(name, param)| {
        let field = signs.token(&[name])?;
        let text = field.node.text()?;
        let param = param.unwrap_or(field.key());
        // a response may show what was asked for
        let is_echo = text == "0" || response.url().query_pairs().any(|(key, value)| key == param && value == text);
        (!is_echo).then(|| Kind::Cursor { path: field.path(), param: param.to_owned() })
    })
}

fn counted_or_last_id(response: &Response, signs: &Signs<'_>) -> Result<Detected, Error> {
    let rows = signs.elements;
    let more = signs.more();
    let total = stated_total(response, signs);
    let pages = page_count_header(response).filter(|pages| *pages > 1);
    let said = more.as_ref().is_some_and(|(_, more)| *more);
    let missing =
        more.is_none() && rows > 0 && total.as_ref().is_some_and(|(_, total)| *total > first_row(response, signs) + rows);
    let is_full = more.is_none() && total.is_none() && rows > 0 && (signs.limit() == Some(rows) || signs.size() == Some(rows));
    if said || missing || is_full || pages.is_some() {
        if let Some(kind) = way(response, signs, total.is_some(), pages.is_some()) {
            return Ok(kind.into());
        }
        if said && let Some(kind) = by_last_id(response, signs) {
            return Ok(kind.into());
        }
    }
    let sign = if said {
        more.as_ref().map(|(path, _)| format!("`{path}` says that there are further pages"))
    } else if missing {
        total.as_ref().map(|(place, total)| format!("{place} is {total}, and {rows} rows came"))
    } else if rows > 0 && total.is_none() && more.is_none() {
        let document = response.document()?;
        let unknown = hint::more(document).map(|path| path.to_string());
        let scroll = || signs.token(&["scrollid", "lastevaluatedkey"]).map(|field| field.path().to_string());
        unknown.or_else(scroll).map(|path| format!("`{path}` seems to lead to the next page"))
    } else {
        None
    };
    if let Some(sign) = sign {
        let suggestion = suggestion(signs, response);
        return Err(response.error(ErrorKind::UnfollowedPages { sign, suggestion }));
    }
    let is_silent = more.is_none() && total.is_none() && !signs.has("next") && signs.page_count().is_none() && pages.is_none();
    let warning = if is_silent { full_page(response, rows) } else { None };
    Ok(Detected { kind: Kind::SinglePage, warning })
}

/// The way by a number that the response or the request shows, or one that usually goes with what is shown.
fn way(response: &Response, signs: &Signs<'_>, has_total: bool, has_pages: bool) -> Option<Kind> {
    let counted = |param: String, unit, first| Some(Kind::Counted { param, unit, first });
    if let Some((key, first)) = signs.offset() {
        return counted(query(response, OFFSET_PARAMS).map_or(key, |(param, _)| param), Unit::Rows, first);
    }
    if let Some((key, first)) = signs.page() {
        let usual = if PAGE_PARAMS.contains(&letters(&key).as_str()) { key } else { "page".to_owned() };
        return counted(query(response, PAGE_PARAMS).map_or(usual, |(param, _)| param), Unit::Pages, first);
    }
    if let Some((param, first)) = query(response, OFFSET_PARAMS) {
        return counted(param, Unit::Rows, first);
    }
    if let Some((param, first)) = query(response, PAGE_PARAMS) {
        return counted(param, Unit::Pages, first);
    }
    if has_pages || (has_total && signs.size().is_some()) {
        return counted("page".to_owned(), Unit::Pages, 1);
    }
    (has_total && signs.limit().is_some()).then_some(())?;
    counted("offset".to_owned(), Unit::Rows, 0)
}

fn by_last_id(response: &Response, signs: &Signs<'_>) -> Option<Kind> {
    let is_list = signs.has("object");
    if let Some(field) = signs.token(&["lastid"]) {
        let param = if is_list { "after" } else { "after_id" };
        return Some(Kind::Cursor { path: field.path(), param: param.to_owned() });
    }
    let path = signs.last_id(response)?;
    Some(Kind::Cursor { path, param: "starting_after".to_owned() })
}

/// How many rows there are, and where that is said.
pub(super) fn stated_total(response: &Response, signs: &Signs<'_>) -> Option<(String, u64)> {
    let in_headers =
        || TOTAL_HEADERS.iter().find_map(|name| Some((format!("the header {name}"), header(response, name)?.parse().ok()?)));
    let in_range =
        || Some(("the header content-range".to_owned(), header(response, "content-range")?.rsplit_once('/')?.1.parse().ok()?));
    signs.total().map(|(path, total)| (format!("`{path}`"), total)).or_else(in_headers).or_else(in_range)
}

/// How many pages the headers say that there are.
pub(super) fn page_count_header(response: &Response) -> Option<u64> {
    PAGE_COUNT_HEADERS.iter().find_map(|name| header(response, name)?.parse().ok())
}

/// How many rows stand before those of the first page, as far as that is shown.
pub(super) fn first_row(response: &Response, signs: &Signs<'_>) -> u64 {
    let asked = || query(response, OFFSET_PARAMS).map(|(_, offset)| offset);
    signs.offset().map(|(_, offset)| offset).or_else(asked).filter(|offset| *offset > 1).unwrap_or(0)
}

/// Whether the request begins in the middle.
pub(super) fn begins_later(response: &Response) -> bool {
    query(response, PAGE_PARAMS).is_some_and(|(_, page)| page > 1)
}

/// A definition of a paginator that may fit.
pub(super) fn suggestion(signs: &Signs<'_>, response: &Response) -> String {
    let total = signs.total().map(|(path, _)| path);
    match (signs.more(), signs.last_id(response), total) {
        (Some((flag, true)), Some(id), _) => {
            format!("{{type: cursor, cursor_path: \"{id}\", cursor_param: starting_after, has_more_path: {flag}}}")
        }
        (Some((flag, true)), None, _) => format!("{{type: page_number, base_page: 1, total_path: null, has_more_path: {flag}}}"),
        (_, _, Some(total)) => format!("{{type: offset, limit: {}, total_path: {total}}}", signs.elements.max(1)),
        _ => "{type: cursor, cursor_path: …, cursor_param: …}".to_owned(),
    }
}

/// The warning about a page that is exactly full.
fn full_page(response: &Response, rows: u64) -> Option<String> {
    let asked = query(response, SIZE_PARAMS);
    let is_full = match &asked {
        Some((_, limit)) => *limit == rows || (*limit > rows && rows >= 50 && ROUND.contains(&rows)),
        None => ROUND.contains(&rows),
    };
    is_full.then(|| {
        let url = response.shown_url();
        format!(
            "{url} returned exactly {rows} rows and no sign of a next page: further rows may be missing; name a `paginator` in the spec, `single_page` if these are all"
        )
    })
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}

/// The parameter of the request with one of the names and a number.
fn query(response: &Response, names: &[&str]) -> Option<(String, u64)> {
    response.url().query_pairs().find_map(|(key, value)| {
        names.contains(&letters(&key).as_str()).then_some(())?;
        Some((key.into_owned(), value.parse().ok()?))
    })
}
