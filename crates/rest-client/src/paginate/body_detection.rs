//! Detection of page counts and cursors in a body.

use catchment_json::{Document, JsonPath, Node, NodeKind};

use super::metadata_keys::{CURSOR_KEYS, OTHER_NEXT, PAGES, fold_key};
use super::page_metadata::PageMetadata;
use super::stepped_counter::parse_count;

/// Keys of page counts.
const TOTAL_KEYS: &[&str] = &["total_pages", "pages", "totalpages"];

/// Returns the path of a page count greater than one, and the number of this page if it is 0 or 1.
pub(super) fn total(document: &Document) -> Option<(JsonPath, Option<u64>)> {
    let keys = find(document.root(), &mut |keys, node| is_total(keys) && parse_count(node).is_some_and(|pages| pages > 1))?;
    let (_, parents) = keys.split_last()?;
    let parent = parents.iter().try_fold(document.root(), |node, key| node.get(key))?;
    let is_number = |key: &str| PAGES.contains(&fold_key(key).as_str());
    let base = parent.entries().filter(|(key, _)| is_number(&key.name())).find_map(|(_, node)| parse_count(node));
    Some((JsonPath::from_keys(keys), base.filter(|base| *base <= 1)))
}

/// Returns the path of a cursor, and the query parameter that its key implies.
pub(super) fn cursor(document: &Document) -> Option<(JsonPath, String)> {
    let is_key = |key: &String| rest_of_next(key).is_some_and(|rest| CURSOR_KEYS.contains(&fold_key(rest).as_str()));
    let keys = find(document.root(), &mut |keys, node| keys.last().is_some_and(is_key) && is_cursor(node))?;
    let param = cursor_param(keys.last()?);
    Some((JsonPath::from_keys(keys), param))
}

fn cursor_param(key: &str) -> String {
    let rest = rest_of_next(key).unwrap_or_default().trim_start_matches(['_', '-', '.', ' ']);
    match fold_key(rest).as_str() {
        "" | "cursor" => "cursor".to_owned(),
        // AWS uses the same name in response and request
        "token" => key.to_owned(),
        "skiptoken" => "$skiptoken".to_owned(),
        "pagestart" => "start".to_owned(),
        _ => rest.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_lowercase() } else { c }).collect(),
    }
}

/// Returns the path of a possible cursor under another key that begins with `next`.
pub(super) fn more(signs: &PageMetadata<'_>) -> Option<JsonPath> {
    let is_other = |name: &str| OTHER_NEXT.iter().any(|word| name.contains(word)) || name.ends_with("at");
    let field = signs.next_fields().find(|field| is_cursor(field.node) && !is_other(&field.name));
    field.map(|field| field.path())
}

/// Returns the path of a GraphQL flag `hasNextPage` that is true, at any depth.
pub(super) fn deep_connection(root: Node<'_>) -> Option<JsonPath> {
    let is_flag = |keys: &[String]| matches!(keys, [.., parent, last] if parent == "pageInfo" && last == "hasNextPage");
    find(root, &mut |keys, node| is_flag(keys) && node.as_bool() == Some(true)).map(JsonPath::from_keys)
}

/// Returns the rest of a key that begins with `next`, ignoring case.
fn rest_of_next(key: &str) -> Option<&str> {
    let (start, rest) = key.split_at_checked("next".len())?;
    start.eq_ignore_ascii_case("next").then_some(rest)
}

fn is_total(keys: &[String]) -> bool {
    keys.last().is_some_and(|key| TOTAL_KEYS.contains(&key.to_lowercase().as_str()))
}

/// Returns whether a value can be a cursor. Empty strings and zeros mean that no next page exists.
fn is_cursor(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::String => node.as_str().is_some_and(|text| !text.is_empty()),
        NodeKind::Integer | NodeKind::Float => node.as_number() != Some("0"),
        _ => false,
    }
}

/// Returns the keys of the first value for which `matches` returns true, depth first through objects.
pub(super) fn find<'d>(root: Node<'d>, matches: &mut impl FnMut(&[String], Node<'d>) -> bool) -> Option<Vec<String>> {
    fn search<'d>(node: Node<'d>, keys: &mut Vec<String>, matches: &mut impl FnMut(&[String], Node<'d>) -> bool) -> bool {
        for (key, value) in node.entries() {
            keys.push(key.name().into_owned());
            if matches(keys, value) || search(value, keys, matches) {
                return true;
            }
            keys.pop();
        }
        false
    }
    let mut keys = Vec::new();
    search(root, &mut keys, matches).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::{Document, cursor, total};

    /// Checks the page count or cursor detected in a body.
    #[track_caller]
    fn check(body: &str, expected: &str) {
        let document = Document::parse(body.into()).unwrap();
        let found = total(&document)
            .map(|(path, base)| format!("total {path} {}", base.map_or("?".to_owned(), |b| b.to_string())))
            .or(cursor(&document).map(|(path, param)| format!("cursor {path} {param}")));
        assert_eq!(found.unwrap_or_default(), expected, "{body}");
    }

    #[test]
    fn page_counts() {
        check(r#"{"meta": {"total_pages": 3}}"#, "total meta.total_pages ?");
        check(r#"{"meta": {"total_pages": 3, "page": 1}, "page": 0}"#, "total meta.total_pages 1");
        check(r#"{"Pages": "2", "currentPage": 0}"#, "total Pages 0");
        check(r#"{"totalPages": 2, "number": 0}"#, "total totalPages 0");
        check(r#"{"totalPages": 9, "page": 7}"#, "total totalPages ?");
        check(r#"{"totalPages": 1}"#, "");
        check(r#"{"pages": [1, 2]}"#, "");
        check(r#"{"total": 100}"#, "");
    }

    #[test]
    fn cursors() {
        check(r#"{"total_pages": 1, "next_cursor": "x"}"#, "cursor next_cursor cursor");
        check(r#"{"meta": {"next": "x"}}"#, "cursor meta.next cursor");
        check(r#"{"next_page": 2}"#, "cursor next_page page");
        check(r#"{"nextPageToken": "x"}"#, "cursor nextPageToken pageToken");
        check(r#"{"next_page_token": "x"}"#, "cursor next_page_token page_token");
        check(r#"{"NextMarker": "x"}"#, "cursor NextMarker marker");
        check(r#"{"NextToken": "x"}"#, "cursor NextToken NextToken");
        check(r#"{"next": 0, "next_cursor": ""}"#, "");
        check(r#"{"next": {"cursor": "x"}}"#, "");
        check(r#"{"nextPageStart": 50}"#, "cursor nextPageStart start");
        check(r#"{"nextCursorMark": "x"}"#, "cursor nextCursorMark cursorMark");
        check(r#"{"next_billing_date": "2026-01-01"}"#, "");
    }
}
