//! Row and page counts in the body or headers of a response.

use catchment_json::{Document, NodeKind};

use super::metadata_keys::{PAGE_COUNTS, TOTALS, fold_key};
use super::page_metadata::PageMetadata;
use super::param_keys::{JSON_HEADER, MORE_HEADERS, NEXT_HEADERS, PAGE_COUNT_HEADERS, TOTAL_HEADERS};
use super::stepped_counter::parse_count;
use crate::response::Response;

/// Returns the location and value of the total row count.
pub(super) fn total(response: &Response, signs: &PageMetadata<'_>) -> Option<(String, u64)> {
    let in_headers =
        || TOTAL_HEADERS.iter().find_map(|name| Some((format!("the header {name}"), header(response, name)?.parse().ok()?)));
    let in_range = || {
        let range = header(response, "content-range").filter(|range| !range.starts_with("bytes"))?;
        Some(("the header content-range".to_owned(), range.rsplit_once('/')?.1.parse().ok()?))
    };
    let in_json = || Some((format!("the header {JSON_HEADER}"), json_header(response, TOTALS)?));
    let in_body = signs.total().map(|(path, total)| (format!("`{path}`"), total));
    in_body.or_else(in_headers).or_else(in_range).or_else(in_json)
}

/// Returns the page count in the headers.
pub(super) fn page_count_header(response: &Response) -> Option<u64> {
    let plain = PAGE_COUNT_HEADERS.iter().find_map(|name| header(response, name)?.parse().ok());
    plain.or_else(|| json_header(response, PAGE_COUNTS))
}

/// Describes a header that indicates further pages but not how to request them.
pub(super) fn unfollowed_header(response: &Response) -> Option<String> {
    let is_named = |name: &str| {
        name == "x-ms-continuation"
            || (name.contains("next")
                && ["page", "cursor", "token", "offset", "link", "url", "key"].iter().any(|word| name.contains(word)))
    };
    let is_known = |name: &str| NEXT_HEADERS.iter().any(|(known, _)| *known == name);
    let is_value = |value: &str| !matches!(value, "" | "0" | "null" | "none" | "false");
    let token = response
        .headers()
        .keys()
        .map(|name| name.as_str())
        .find(|name| is_named(name) && !is_known(name) && header(response, name).is_some_and(is_value));
    token.map(|name| format!("the header {name} seems to refer to the next page"))
}

/// Describes a header or status that indicates further pages.
pub(super) fn more_header(response: &Response) -> Option<String> {
    let name = MORE_HEADERS.iter().find(|name| header(response, name).is_some_and(|value| value.eq_ignore_ascii_case("true")));
    let partial = || (response.status().as_u16() == 206).then(|| "the status 206 indicates that rows are missing".to_owned());
    name.map(|name| format!("the header {name} indicates further pages")).or_else(partial)
}

/// Returns a number in the JSON object of a header.
fn json_header(response: &Response, names: &[&str]) -> Option<u64> {
    let text = header(response, JSON_HEADER).filter(|text| text.starts_with('{'))?;
    let document = Document::parse(text.as_bytes().to_vec()).ok()?;
    let numbers: Vec<_> = document.root().entries().filter(|(_, node)| node.kind() == NodeKind::Integer).collect();
    names.iter().find_map(|name| parse_count(numbers.iter().find(|(key, _)| fold_key(&key.name()) == *name)?.1))
}

pub(super) fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}
