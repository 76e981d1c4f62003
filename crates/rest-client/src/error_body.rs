//! Responses with a success status whose body reports an error.

use catchment_json::{Document, JsonPath, Node, NodeKind};

use crate::error_kind::ErrorKind;
use crate::paginate::fold_key;
use crate::select::{RowsLayout, SelectedRows};

/// Keys that accompany a message in error bodies, in the form of [`fold_key`].
const BESIDE_A_MESSAGE: &[&str] = &[
    "code",
    "status",
    "statuscode",
    "message",
    "detail",
    "details",
    "title",
    "type",
    "timestamp",
    "path",
    "instance",
    "requestid",
    "traceid",
    "documentationurl",
    "retryafter",
    "success",
];

/// Checks that a body does not report an error despite a success status. Used when no data selector is configured.
///
/// Such a body would otherwise be taken for a row or an empty page, and the rows of the page would be lost.
///
/// # Errors
///
/// Returns an error if the body has no list of rows, no `id`, and one of: a non-empty `error` or `errors`; a `status` or
/// `result` such as `error`; a false `success` or `ok`; a `message` or `detail` with only [accompanying](BESIDE_A_MESSAGE)
/// keys.
pub(crate) fn check(document: &Document, selector: Option<&JsonPath>, rows: &SelectedRows) -> Result<(), ErrorKind> {
    let root = document.root();
    let is_of_errors = || selector.is_some_and(|selector| ["errors", "error"].contains(&selector.as_str()));
    let is_without_rows = match rows.shape {
        RowsLayout::Missing | RowsLayout::Null | RowsLayout::Single => true,
        RowsLayout::List => is_of_errors() && !rows.ids.is_empty(),
    };
    let has_id = || ["id", "_id", "uuid"].iter().any(|key| root.get(key).is_some());
    if !is_without_rows || root.kind() != NodeKind::Object || has_id() {
        return Ok(());
    }
    match error_key(root) {
        Some(key) => Err(ErrorKind::ErrorBody { key }),
        None => Ok(()),
    }
}

/// Returns the key that reports an error.
fn error_key(root: Node<'_>) -> Option<String> {
    let is_sign = |key: &str, value: Node<'_>| match key {
        "error" | "errors" => is_truthy(value),
        "status" | "result" => value
            .as_str()
            .is_some_and(|text| ["error", "fail", "failed", "failure"].iter().any(|word| text.eq_ignore_ascii_case(word))),
        "success" | "ok" => value.as_bool() == Some(false),
        _ => false,
    };
    let named = root.entries().map(|(key, value)| (key.name(), value)).find(|(key, value)| is_sign(&fold_key(key), *value));
    named.map(|(key, _)| key.into_owned()).or_else(|| message(root))
}

/// Returns the key of a message if all other keys are [`BESIDE_A_MESSAGE`].
fn message(root: Node<'_>) -> Option<String> {
    let keys: Vec<_> = root.entries().map(|(key, _)| key.name()).collect();
    let is_bare = keys.iter().all(|key| BESIDE_A_MESSAGE.contains(&fold_key(key).as_str()));
    let message = keys.iter().find(|key| ["message", "detail"].contains(&fold_key(key).as_str()));
    message.filter(|_| is_bare).map(|key| key.clone().into_owned())
}

fn is_truthy(value: Node<'_>) -> bool {
    match value.kind() {
        NodeKind::Null => false,
        NodeKind::Bool => value.as_bool() == Some(true),
        NodeKind::String => value.as_str().is_some_and(|text| !text.is_empty()),
        NodeKind::Integer | NodeKind::Float => value.as_number() != Some("0"),
        NodeKind::Array => value.elements().next().is_some(),
        NodeKind::Object => value.entries().next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use crate::select::{detect_selector, select};

    /// Checks the key that reports the error; empty if the body is accepted.
    #[track_caller]
    fn check(body: &str, expected: &str) {
        let document = Document::parse(body.into()).unwrap();
        let selector = detect_selector(&document);
        let found = super::check(&document, selector.as_ref(), &select(&document, selector.as_ref()).unwrap());
        let found = found.map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(found.split('`').nth(1).unwrap_or_default(), expected, "{body}");
    }

    #[test]
    fn error_bodies_are_detected() {
        check(r#"{"error": "quota"}"#, "error");
        check(r#"{"error": {"code": 7}, "meta": {}}"#, "error");
        check(r#"{"errors": [{"message": "x"}], "data": null}"#, "errors");
        check(r#"{"message": "rate limit", "status": "error"}"#, "status");
        check(r#"{"Success": false, "reason": "x"}"#, "Success");
        check(r#"{"ok": false}"#, "ok");
        check(r#"{"message": "Too many requests"}"#, "message");
        check(r#"{"title": "x", "detail": "y", "status": 429, "requestId": "z"}"#, "detail");
    }

    #[test]
    fn rows_are_accepted() {
        check(r#"{"error": null, "name": "x"}"#, "");
        check(r#"{"id": 1, "status": "failed", "error": "out of paper"}"#, "");
        check(r#"{"errors": [], "name": "x"}"#, "");
        check(r#"{"errors": [{"message": "partial"}], "data": [{"id": 1}]}"#, "");
        check(r#"{"message": "hello", "author": "ada"}"#, "");
        check(r#"{"status": "ok", "message": "hello", "count": 3}"#, "");
        check(r#"{"ok": true}"#, "");
        check(r#"{}"#, "");
        check("[]", "");
        check(r#""message""#, "");
    }
}
