//! Detection of responses without the rows of a configured data selector.

use catchment_json::{Document, JsonPath, Node, NodeKind};

use crate::error_kind::ErrorKind;
use crate::select::{RowsLayout, SelectedRows};

/// Maximum number of keys in an error, and maximum number of characters of each.
const MAX_KEYS: usize = 10;
const MAX_CHARS: usize = 40;

/// Checks that the configured `selector` matches a list, an object or `null` in a response.
///
/// Some APIs return `null` for an empty list. A response without content, or with `null` as its body, is an empty page. A
/// body such as `{"error": "quota"}` is not: as an empty page it would end the pagination, and empty a table that its
/// rows replace.
///
/// # Errors
///
/// Returns an error if the selector matches nothing, or a single string, number or boolean.
pub(crate) fn check(document: &Document, selector: &JsonPath, rows: &SelectedRows) -> Result<(), ErrorKind> {
    let root = document.root();
    let first = rows.ids.first().map(|id| document.node(*id));
    let found = match (rows.shape, first) {
        (RowsLayout::List, None) if !selector.is_singular() && selector.is_missing_key(root) => "nothing",
        (RowsLayout::Missing, _) if root.kind() == NodeKind::Null => return Ok(()),
        (RowsLayout::Missing, _) => "nothing",
        // `$` may select a scalar body on purpose
        (RowsLayout::Single, Some(row)) if row.id() != root.id() => match row.kind() {
            NodeKind::Object | NodeKind::Array | NodeKind::Null => return Ok(()),
            _ => "a scalar value",
        },
        _ => return Ok(()),
    };
    Err(ErrorKind::RowsNotFound { selector: selector.as_str().to_owned(), found, body: outline(root) })
}

/// Describes a body: the keys of an object, or the type of another value.
fn outline(root: Node<'_>) -> String {
    match root.kind() {
        NodeKind::Object => {}
        NodeKind::Array => return "a list".to_owned(),
        _ => return "a scalar value".to_owned(),
    }
    let show = |key: &str| format!("`{}`", key.chars().take(MAX_CHARS).flat_map(char::escape_debug).collect::<String>());
    let keys: Vec<_> = root.entries().take(MAX_KEYS).map(|(key, _)| show(&key.name())).collect();
    match root.entries().count().saturating_sub(keys.len()) {
        0 if keys.is_empty() => "an object without keys".to_owned(),
        0 => format!("an object with {}", keys.join(", ")),
        more => format!("an object with {} and {more} more", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, JsonPath, check as check_rows};
    use crate::select::select;

    /// Checks the error; empty if the response is accepted.
    #[track_caller]
    fn check(body: &str, selector: &str, expected: &str) {
        let document = Document::parse(body.into()).unwrap();
        let selector = JsonPath::parse(selector).unwrap();
        let found = check_rows(&document, &selector, &select(&document, Some(&selector)).unwrap());
        let found = found.map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(found.split(": correct").next().unwrap(), expected, "{body} {selector:?}");
    }

    #[test]
    fn empty_pages() {
        check(r#"{"data": []}"#, "data", "");
        check(r#"{"data": null}"#, "data", "");
        check(r#"{"data": {"id": 1}}"#, "data", "");
        check(r#"{"data": {}}"#, "data", "");
        check("null", "data", "");
        check("[]", "$", "");
        check("7", "$", "");
        check("[]", "$[*].a", "");
        check(r#"{"data": []}"#, "data[*].a", "");
        check(r#"{"data": [{"id": 1}]}"#, "data[?@.id > 1]", "");
        check(r#"{"data": [1, 2]}"#, "data", "");
        check(r#"{"data": [1]}"#, "data", "");
        check(r#"{"data": null}"#, "data[*].a", "");
        check(r#"{"groups": []}"#, "groups[*].items", "");
        check(r#"{"groups": [{"items": []}, {}]}"#, "groups[*].items", "");
        check(r#"{"groups": [{"items": []}, {}]}"#, "groups[*].items[*]", "");
        check(r#"{"groups": [{"items": null}]}"#, "groups[*].items[*]", "");
        check(r#"{"groups": [{"items": [{"id": 1}]}]}"#, "groups[*].items[?@.id > 1]", "");
        check("[]", "$..items", "");
        check(r#"{"a": {"items": []}}"#, "$..items[*]", "");
    }

    #[test]
    fn a_selector_without_a_match_is_an_error() {
        let prefix = "the data selector `data` matches nothing, the body is";
        check(r#"{"error": "quota"}"#, "data", &format!("{prefix} an object with `error`"));
        check(r#"{"code": 1, "message": "x"}"#, "data", &format!("{prefix} an object with `code`, `message`"));
        check("{}", "data", &format!("{prefix} an object without keys"));
        check("[]", "data", &format!("{prefix} a list"));
        check("1", "data", &format!("{prefix} a scalar value"));
        check(
            r#"{"data": null}"#,
            "data.items",
            "the data selector `data.items` matches nothing, the body is an object with `data`",
        );
        check("{}", "data[*].a", "the data selector `data[*].a` matches nothing, the body is an object without keys");
        let nothing = |selector: &str, keys: &str| {
            format!("the data selector `{selector}` matches nothing, the body is an object with {keys}")
        };
        check(r#"{"groups": [{"itemz": []}]}"#, "groups[*].items", &nothing("groups[*].items", "`groups`"));
        check(r#"{"groups": [{"itemz": []}]}"#, "groups[*].items[*]", &nothing("groups[*].items[*]", "`groups`"));
        check(r#"{"error": "quota"}"#, "$..items", &nothing("$..items", "`error`"));
        check(r#"{"error": "quota"}"#, "*.items", &nothing("*.items", "`error`"));
        let scalar = "the data selector `data` matches a scalar value, the body is an object with `data`";
        check(r#"{"data": "none"}"#, "data", scalar);
        check(r#"{"data": false}"#, "data", scalar);
    }

    #[test]
    fn keys_are_bounded() {
        let keys: Vec<_> = (0..12).map(|number| format!("\"k{number}\": 0")).collect();
        let shown = "`k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6`, `k7`, `k8`, `k9` and 2 more";
        let prefix = "the data selector `data` matches nothing, the body is an object with";
        check(&format!("{{{}}}", keys.join(",")), "data", &format!("{prefix} {shown}"));
        check(&format!("{{\"{}\": 1}}", "k".repeat(50)), "data", &format!("{prefix} `{}`", "k".repeat(40)));
        check(r#"{"a\nb": 1}"#, "data", &format!("{prefix} `a\\nb`"));
    }
}
