//! Signs in a body that there are further pages.

use catchment_json::{Document, Kind, Node, Path};

use crate::select::path_of;

/// Keys for the number of pages.
const TOTAL_KEYS: &[&str] = &["total_pages", "pages", "totalpages"];

/// What an object under a key like `next` calls its URL.
const URL_KEYS: &[&str] = &["href", "url"];

/// The path to a link to the next page: under a key that begins with `next`, or under one that begins with
/// `href` or `url` in an object there, a string that begins with `http` or `/`. Lists are not looked into, as
/// what they hold are rows.
pub(super) fn link(document: &Document) -> Option<Path> {
    let is_link = |node: Node<'_>| node.text().is_some_and(|text| text.starts_with("http") || text.starts_with('/'));
    let keys = find(document.root(), &mut |keys, node| is_next(keys) && is_link(node))?;
    path_of(&keys)
}

/// The path to a number of pages greater than one, or to what can only be a cursor: a sign of further pages.
pub(super) fn more(document: &Document) -> Option<Path> {
    let root = document.root();
    let keys = find(root, &mut |keys, node| is_total(keys) && number(node).is_some_and(|pages| pages > 1))
        .or_else(|| find(root, &mut |keys, node| is_next(keys) && is_cursor(node)))?;
    path_of(&keys)
}

fn is_next(keys: &[String]) -> bool {
    let begins = |key: &String, start: &str| key.to_lowercase().starts_with(start);
    match keys {
        [.., last] if begins(last, "next") => true,
        [.., parent, last] => begins(parent, "next") && URL_KEYS.iter().any(|start| begins(last, start)),
        _ => false,
    }
}

fn is_total(keys: &[String]) -> bool {
    keys.last().is_some_and(|key| TOTAL_KEYS.contains(&key.to_lowercase().as_str()))
}

fn number(node: Node<'_>) -> Option<i64> {
    node.number().map(str::to_owned).or_else(|| node.text().map(|text| text.into_owned()))?.trim().parse().ok()
}

/// Empty strings and zeros are how APIs say that there is no next page.
fn is_cursor(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Text => node.text().is_some_and(|text| !text.is_empty()),
        Kind::Integer | Kind::Fraction => node.number() != Some("0"),
        _ => false,
    }
}

/// The keys of the first scalar that `matches`, depth first through objects.
fn find<'d>(root: Node<'d>, matches: &mut impl FnMut(&[String], Node<'d>) -> bool) -> Option<Vec<String>> {
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
    use super::{Document, Path, link, more};

    /// What a body is found to have: a link, or a hint of more.
    #[track_caller]
    fn check(body: &str, expected: &str) {
        let document = Document::parse(body.into()).unwrap();
        let show = |path: Option<Path>, what: &str| path.map(|path| format!("{what} {path}"));
        let found = show(link(&document), "link").or(show(more(&document), "more")).unwrap_or_default();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn links() {
        check(r#"{"next": "https://a.b/2"}"#, "link next");
        check(r#"{"links": {"Next": "/2"}}"#, "link links.Next");
        check(r#"{"links": {"next": {"href": "/2"}}}"#, "link links.next.href");
        check(r#"{"@odata.nextLink": "/2"}"#, "");
        check(r#"{"paging": {"next.page": "/2"}}"#, "link paging['next.page']");
        check(r#"{"pages": 3, "next_url": "/2"}"#, "link next_url");
        check(r#"{"next_cursor": "x", "next_url": "/2"}"#, "link next_url");
        check(r#"{"data": [{"next": "/2"}], "next": null}"#, "");
        check(r#"{"next": ""}"#, "");
        check("[]", "");
    }

    #[test]
    fn hints() {
        check(r#"{"meta": {"total_pages": 3}}"#, "more meta.total_pages");
        check(r#"{"Pages": "2"}"#, "more Pages");
        check(r#"{"totalPages": 1}"#, "");
        check(r#"{"total_pages": 1, "next_cursor": "x"}"#, "more next_cursor");
        check(r#"{"pages": [1, 2]}"#, "");
        check(r#"{"next_page": 2}"#, "more next_page");
        check(r#"{"next": 0, "next_cursor": ""}"#, "");
        check(r#"{"next": {"cursor": "x"}}"#, "");
        check(r#"{"total": 100}"#, "");
    }
}
