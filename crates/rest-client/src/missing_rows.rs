//! Responses without the rows that a data selector names.

use catchment_json::{Document, JsonPath, Node, NodeKind};

use crate::error_kind::ErrorKind;
use crate::select::{RowsLayout, SelectedRows};

/// The largest number of keys that an error shows, and the largest number of characters of each.
const MAX_KEYS: usize = 10;
const MAX_CHARS: usize = 40;

/// Checks that a response has a place for rows where `selector`, which the user has named, leads to.
///
/// An empty list is such a place, and so is `null`, which some APIs write for it. A response without any content, or with
/// `null` as its whole body, is an empty page. A body like `{"error": "quota"}` is neither: taken for an empty page it would
/// end the pagination, and empty the table that its rows replace.
///
/// # Errors
///
/// If the selector leads to nothing, or to a single text, number or boolean.
pub(crate) fn check(document: &Document, selector: &JsonPath, rows: &SelectedRows) -> Result<(), ErrorKind> {
    let root = document.root();
    let first = rows.ids.first().map(|id| document.node(*id));
    let found = match (rows.shape, first) {
        (RowsLayout::List, None) if !selector.is_singular() && selector.is_missing_key(root) => "nothing",
        (RowsLayout::Missing, _) if root.kind() == NodeKind::Null => return Ok(()),
        (RowsLayout::Missing, _) => "nothing",
        // a body that is a single value as a whole can be selected on purpose
        (RowsLayout::Single, Some(row)) if row.id() != root.id() => match row.kind() {
            NodeKind::Object | NodeKind::Array | NodeKind::Null => return Ok(()),
            _ => "a single value that is no object",
        },
        _ => return Ok(()),
    };
    Err(ErrorKind::RowsNotFound { selector: selector.as_str().to_owned(), found, body: outline(root) })
}

/// The keys of an object, or the kind of another value.
fn outline(root: Node<'_>) -> String {
    match root.kind() {
        NodeKind::Object => {}
        NodeKind::Array => return "a list".to_owned(),
        _ => return "a single value".to_owned(),
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

    /// The error, or nothing.
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
    fn a_selector_that_finds_nothing_is_an_error() {
        let leads = "the data selector `data` leads to nothing, the body is";
        check(r#"{"error": "quota"}"#, "data", &format!("{leads} an object with `error`"));
        check(r#"{"code": 1, "message": "x"}"#, "data", &format!("{leads} an object with `code`, `message`"));
        check("{}", "data", &format!("{leads} an object without keys"));
        check("[]", "data", &format!("{leads} a list"));
        check("1", "data", &format!("{leads} a single value"));
        check(
            r#"{"data": null}"#,
            "data.items",
            "the data selector `data.items` leads to nothing, the body is an object with `data`",
        );
        check("{}", "data[*].a", "the data selector `data[*].a` leads to nothing, the body is an object without keys");
        let nothing = |selector: &str, keys: &str| {
            format!("the data selector `{selector}` leads to nothing, the body is an object with {keys}")
        };
        check(r#"{"groups": [{"itemz": []}]}"#, "groups[*].items", &nothing("groups[*].items", "`groups`"));
        check(r#"{"groups": [{"itemz": []}]}"#, "groups[*].items[*]", &nothing("groups[*].items[*]", "`groups`"));
        check(r#"{"error": "quota"}"#, "$..items", &nothing("$..items", "`error`"));
        check(r#"{"error": "quota"}"#, "*.items", &nothing("*.items", "`error`"));
        let single = "the data selector `data` leads to a single value that is no object, the body is an object with `data`";
        check(r#"{"data": "none"}"#, "data", single);
        check(r#"{"data": false}"#, "data", single);
    }

    #[test]
    fn keys_are_bounded() {
        let keys: Vec<_> = (0..12).map(|number| format!("\"k{number}\": 0")).collect();
        let shown = "`k0`, `k1`, `k2`, `k3`, `k4`, `k5`, `k6`, `k7`, `k8`, `k9` and 2 more";
        let leads = "the data selector `data` leads to nothing, the body is an object with";
        check(&format!("{{{}}}", keys.join(",")), "data", &format!("{leads} {shown}"));
        check(&format!("{{\"{}\": 1}}", "k".repeat(50)), "data", &format!("{leads} `{}`", "k".repeat(40)));
        check(r#"{"a\nb": 1}"#, "data", &format!("{leads} `a\\nb`"));
    }
}
