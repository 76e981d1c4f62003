//! Parses specs in JSON.

use std::collections::HashSet;

use catchment_json::{Document, Node, Value};

/// Parses a text.
///
/// # Errors
///
/// Returns an error if the text is not JSON, or if an object has a duplicate key: the intended value would be ambiguous.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let document = Document::parse(text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    match repeated_key(document.root()) {
        Some(key) => Err(format!("invalid JSON: duplicate key {key:?} in an object")),
        None => Ok(document.root().to_value()),
    }
}

/// Returns the first duplicate key of an object.
fn repeated_key(root: Node<'_>) -> Option<String> {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        let mut keys = HashSet::new();
        for (key, value) in node.entries() {
            let name = key.name();
            if !keys.insert(name.clone()) {
                return Some(name.into_owned());
            }
            waiting.push(value);
        }
        waiting.extend(node.elements());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).map_or_else(|error| error, |value| value.to_string()), expected);
    }

    #[test]
    fn duplicate_keys_are_rejected() {
        check(r#"{"a": {"b": 1}, "b": [{"a": 1}, {"a": 2}]}"#, r#"{"a":{"b":1},"b":[{"a":1},{"a":2}]}"#);
        check(r#"{"a": 1, "b": 2, "a": 1}"#, r#"invalid JSON: duplicate key "a" in an object"#);
        check(r#"[{"x": [{"a": 1, "\u0061": 2}]}]"#, r#"invalid JSON: duplicate key "a" in an object"#);
        check("{", "invalid JSON at line 1, column 2: expected a key or `}`, found the end of the text");
    }
}
