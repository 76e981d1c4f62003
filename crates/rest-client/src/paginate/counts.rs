//! The way to the next page by a number that the response or the request shows.

use catchment_json::Path;

use super::asked::Asked;
use super::counted::Unit;
use super::hint;
use super::kind::Kind;
use super::signs::Signs;
use super::tokens::page_param;
use crate::response::Response;

/// The pages from a number of pages in the body that is greater than one.
pub(super) fn by_page_count(response: &Response, signs: &Signs<'_>, asked: Asked<'_>) -> Option<Kind> {
    let document = response.document().ok()?;
    let (total, base) = hint::total(document)?;
    let base = base.or_else(|| asked.page().map(|(_, page)| page).filter(|page| *page <= 1));
    Some(pages(total, base, signs, asked))
}

/// The same under keys that are less certain than a token.
pub(super) fn by_other_page_count(signs: &Signs<'_>, asked: Asked<'_>) -> Option<Kind> {
    let (total, _) = signs.page_count().filter(|(_, pages)| *pages > 1)?;
    let page = signs.page().map(|(_, page)| page).or(asked.page().map(|(_, page)| page));
    Some(pages(total, page.filter(|page| *page <= 1), signs, asked))
}

fn pages(total: Path, base: Option<u64>, signs: &Signs<'_>, asked: Asked<'_>) -> Kind {
    let shown = || signs.page().map_or_else(|| "page".to_owned(), |(field, _)| page_param(field.key()));
    let param = asked.page().map_or_else(shown, |(param, _)| param);
    // a later page is counted from 1: one page too many is empty
    let later = asked.page().map(|(_, page)| page).filter(|page| *page > 1);
    match (base, later) {
        (_, Some(first)) => Kind::PageNumber { total, base: 1, first, param },
        (Some(base), None) => Kind::PageNumber { total, base, first: base, param },
        (None, None) => Kind::Numbered { total, param },
    }
}

/// The way by an offset or the number of a page, or by one that usually goes with what is shown.
pub(super) fn by_number(signs: &Signs<'_>, asked: Asked<'_>, has_total: bool, has_pages: bool) -> Option<Kind> {
    let counted = |param: String, unit, first| Some(Kind::Counted { param, unit, first });
    if let Some((field, shown)) = signs.offset() {
        let (param, first) = asked.offset().unwrap_or_else(|| (offset_param(field.key(), signs), 0));
        // APIs that count from 1 show that where nothing or 0 was asked for
        if shown <= 1 || shown == first {
            return counted(param, Unit::Rows, shown);
        }
        // it is the offset of the next page; any other number cannot be counted on from
        let is_next = first.checked_add(signs.elements) == Some(shown) || signs.more().is_some_and(|(_, more)| more);
        return is_next.then(|| Kind::Cursor { path: field.path(), param });
    }
    if let Some((field, shown)) = signs.page() {
        let (param, first) = asked.page().unwrap_or_else(|| (page_param(field.key()), shown.min(1)));
        return counted(param, Unit::Pages, if shown <= 1 { shown } else { first });
    }
    if let Some((param, first)) = asked.offset() {
        return counted(param, Unit::Rows, first);
    }
    if let Some((param, first)) = asked.page() {
        return counted(param, Unit::Pages, first);
    }
    let has_size = signs.size().is_some() || (signs.limit().is_none() && asked.size().is_some());
    if has_pages || (has_total && has_size) {
        return counted("page".to_owned(), Unit::Pages, 1);
    }
    (has_total && (signs.limit().is_some() || asked.limit().is_some())).then_some(())?;
    counted("offset".to_owned(), Unit::Rows, 0)
}

fn offset_param(key: &str, signs: &Signs<'_>) -> String {
    // CouchDB
    if key == "offset" && signs.has_key("totalrows") && signs.is_list("rows") { "skip".to_owned() } else { key.to_owned() }
}

/// The way by the last row's `id`, where a flag says that there are further pages.
pub(super) fn by_last_id(response: &Response, signs: &Signs<'_>) -> Option<Kind> {
    if let Some(field) = signs.token(&["lastid"]) {
        let param = if signs.has("object") { "after" } else { "after_id" };
        return Some(Kind::Cursor { path: field.path(), param: param.to_owned() });
    }
    let path = signs.last_id(response)?;
    Some(Kind::Cursor { path, param: "starting_after".to_owned() })
}
