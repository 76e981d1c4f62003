//! Serialization of paths.

/// Returns the path of nested `keys`, quoted if necessary.
pub(super) fn keys(keys: &[String]) -> String {
    let mut text = String::new();
    for key in keys {
        let is_plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        match (is_plain, text.is_empty()) {
            (true, true) => text.push_str(key),
            (true, false) => text.extend([".", key]),
            (false, _) => text.extend(["['", &key.replace('\\', r"\\").replace('\'', r"\'"), "']"]),
        }
    }
    text
}
