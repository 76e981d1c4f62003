//! Specs in JSON.

use std::collections::HashSet;

use catchment_json::{Document, Node, Value};

/// The value of a text.
///
/// # Errors
///
/// Where it is not JSON, or an object has a key twice: the one that does not count could be the one that was meant.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let document = Document::parse(text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
    match repeated_key(document.root()) {
        Some(key) => Err(format!("invalid JSON: the key {key:?} stands twice in one object")),
        None => Ok(document.root().to_value()),
    }
}

/// The first key that an object has twice.
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
    fn keys_stand_once() {
        check(r#"{"a": {"b": 1}, "b": [{"a": 1}, {"a": 2}]}"#, r#"{"a":{"b":1},"b":[{"a":1},{"a":2}]}"#);
        check(r#"{"a": 1, "b": 2, "a": 1}"#, r#"invalid JSON: the key "a" stands twice in one object"#);
        check(r#"[{"x": [{"a": 1, "\u0061": 2}]}]"#, r#"invalid JSON: the key "a" stands twice in one object"#);
        check("{", "invalid JSON at line 1, column 2: the text ends early, a key or `}` was expected");
    }
}
