//! Links to the next page in a body.

use catchment_json::{Document, JsonPath, Node};

use super::body_detection::find;
use super::metadata_keys::fold_key;
use crate::response::Response;

/// Keys of the URL in an object under a key such as `next`.
const URL_KEYS: &[&str] = &["href", "url", "link", "uri"];

/// Suffixes of keys whose value is a link even if it does not begin like a URL.
const LINK_ENDS: &[&str] = &["url", "link", "href", "uri"];

/// Words in keys whose value is a token even if it looks like a path.
const TOKEN_WORDS: &[&str] = &["cursor", "token", "marker", "continuation"];

/// Returns the path of a link to the next page: a string that looks like a URL, under a key that begins with `next` or under
/// a URL key in an object there; else the link in a list of links with relations. Skips other lists, which contain rows.
pub(super) fn link(document: &Document) -> Option<JsonPath> {
    let is_link = |keys: &[String], node: Node<'_>| node.as_str().is_some_and(|text| looks_like_link(keys, &text));
    let keys = find(document.root(), &mut |keys, node| is_next(keys) && is_link(keys, node));
    keys.map(JsonPath::from_keys).or_else(|| find_relation(document.root(), true))
}

fn looks_like_link(keys: &[String], text: &str) -> bool {
    let key = keys.last().map(|key| fold_key(key)).unwrap_or_default();
    let is_absolute = ["http://", "https://"].iter().any(|start| text.starts_with(start));
    let is_named = LINK_ENDS.iter().any(|end| key.ends_with(end));
    if is_absolute || text.is_empty() || text.contains(char::is_whitespace) {
        return is_absolute;
    }
    // base64 contains slashes
    if !is_named && TOKEN_WORDS.iter().any(|word| key.contains(word)) {
        return false;
    }
    let has_query = text.split_once('?').is_some_and(|(_, query)| query.contains('='));
    let is_path = is_named && text.contains('/') && !text.eq_ignore_ascii_case("n/a");
    is_path || has_query || ["http", "/", "?"].iter().any(|start| text.starts_with(start))
}

/// Returns the path of a list of links that contains a link with the relation `next`, which cannot be followed.
pub(super) fn unfollowed_relation(root: Node<'_>) -> Option<JsonPath> {
    find_relation(root, false)
}

/// Returns the path of the link with the relation `next` in a list of links, as in JSON Hyper-Schema and FHIR. Without
/// `is_followed`, returns the path of the list instead, even if the link requires another method than GET. A list under a
/// key such as `next` contains a single link.
fn find_relation(root: Node<'_>, is_followed: bool) -> Option<JsonPath> {
    let mut found = None;
    find(root, &mut |keys, node| {
        let name = keys.last().map(|key| fold_key(key)).unwrap_or_default();
        found = match name.as_str() {
            "links" | "link" => find_relation_in(keys, node, is_followed),
            "next" => first_link_path(keys, node).filter(|_| is_followed),
            _ => None,
        };
        found.is_some()
    });
    found
}

fn find_relation_in(keys: &[String], list: Node<'_>, is_followed: bool) -> Option<JsonPath> {
    let list_path = JsonPath::from_keys(keys.to_vec());
    list.elements().find_map(|link| {
        let (key, relation) = ["rel", "relation"].iter().find_map(|key| Some((key, link.get(key)?)))?;
        let is_next = |name: Node<'_>| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case("next"));
        if !is_followed {
            return (is_next(relation) || relation.elements().any(is_next)).then(|| list_path.clone());
        }
        let name = relation.as_str().filter(|_| is_next(relation))?;
        let url = url_key(link)?;
        let is_get = link.get("method").and_then(Node::as_str).is_none_or(|method| method.eq_ignore_ascii_case("get"));
        JsonPath::parse(&format!("{list_path}[?@.{key} == '{name}'].{url}")).ok().filter(|_| is_get)
    })
}

fn first_link_path(keys: &[String], list: Node<'_>) -> Option<JsonPath> {
    let url = url_key(list.elements().next()?)?;
    JsonPath::parse(&format!("{}[0].{url}", JsonPath::from_keys(keys.to_vec()))).ok()
}

/// Returns the key of the URL in a link.
fn url_key(link: Node<'_>) -> Option<&'static str> {
    let has_url = |key: &str| link.get(key).and_then(Node::as_str).is_some_and(|url| !url.is_empty());
    URL_KEYS.iter().copied().find(|key| has_url(key))
}

fn is_next(keys: &[String]) -> bool {
    // `@odata.nextLink` and `__next`
    let begins = |key: &String, start: &str| {
        let key = key.to_lowercase();
        let key = key.strip_prefix('@').unwrap_or(&key);
        key.strip_prefix("odata.").unwrap_or(key).trim_start_matches('_').starts_with(start)
    };
    match keys {
        [.., last] if begins(last, "next") || fold_key(last) == "afterurl" => true,
        [.., parent, last] => begins(parent, "next") && URL_KEYS.iter().any(|start| begins(last, start)),
        _ => false,
    }
}

/// Returns a warning if a response has a next link but the paginator found no further page.
pub(super) fn unfollowed_link(response: &Response) -> Option<String> {
    let in_header = response.link("next").is_ok_and(|link| link.is_some()).then(|| "the Link header".to_owned());
    let in_body = || response.document().ok().and_then(link).map(|path| path.to_string());
    let location = in_header.or_else(in_body)?;
    let url = response.shown_url();
    Some(format!(
        "{url} has a next link at {location}, which the paginator does not follow: further pages may be missing; set another paginator"
    ))
}

#[cfg(test)]
mod tests {
    use super::{Document, link};

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let document = Document::parse(body.into()).unwrap();
        assert_eq!(link(&document).map_or_else(String::new, |path| path.to_string()), expected, "{body}");
    }

    #[test]
    fn links() {
        check(r#"{"next": "https://a.b/2"}"#, "next");
        check(r#"{"links": {"Next": "/2"}}"#, "links.Next");
        check(r#"{"links": {"next": {"href": "/2"}}}"#, "links.next.href");
        check(r#"{"@odata.nextLink": "/2"}"#, "['@odata.nextLink']");
        check(r#"{"paging": {"next.page": "/2"}}"#, "paging['next.page']");
        check(r#"{"pages": 3, "next_url": "/2"}"#, "next_url");
        check(r#"{"next_cursor": "x", "next_url": "?page=2"}"#, "next_url");
        check(r#"{"data": [{"next": "/2"}], "next": null}"#, "");
        check(r#"{"next": ""}"#, "");
        check("[]", "");
    }

    #[test]
    fn relative_links_and_tokens() {
        check(r#"{"next": "items?page=2"}"#, "next");
        check(r#"{"_links": {"next": {"href": "items/2"}}}"#, "_links.next.href");
        check(r#"{"odata.nextLink": "Items?$skiptoken=5"}"#, "['odata.nextLink']");
        check(r#"{"after_url": "/2", "after_cursor": "x"}"#, "after_url");
        check(r#"{"next_url": "none"}"#, "");
        check(r#"{"next_url": "N/A"}"#, "");
        check(r#"{"next": "aGk?"}"#, "");
        check(r#"{"next_cursor": "/aGk="}"#, "");
        check(r#"{"next_page_token": "/aGk="}"#, "");
        check(r#"{"next_cursor": "https://a.b/2"}"#, "next_cursor");
    }

    #[test]
    fn relations() {
        check(r#"{"links": [{"rel": "self", "href": "/1"}, {"rel": "next", "href": "/2"}]}"#, "links[?@.rel == 'next'].href");
        check(r#"{"link": [{"relation": "next", "url": "/2"}]}"#, "link[?@.relation == 'next'].url");
        check(r#"{"a": {"links": [{"rel": "NEXT", "uri": "/2"}]}}"#, "a.links[?@.rel == 'NEXT'].uri");
        check(r#"{"_links": {"next": [{"href": "/2"}]}}"#, "_links.next[0].href");
        check(r#"{"links": [{"rel": "next", "href": "/2", "method": "POST"}]}"#, "");
        check(r#"{"links": [{"rel": "next", "href": ""}]}"#, "");
        check(r#"{"links": [{"rel": "last", "href": "/9"}]}"#, "");
        check(r#"{"rows": [{"rel": "next", "href": "/9"}]}"#, "");
    }
}
