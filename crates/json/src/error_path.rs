//! The path of a value in an error, written as a JSONPath and built from the inside to the outside.

/// Prepends a key of the parent object.
pub(crate) fn prepend_key(path: &mut String, key: &str) {
    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    match is_plain {
        true => prepend(path, key),
        false if key.contains('\'') => prepend(path, &format!("[\"{key}\"]")),
        false => prepend(path, &format!("['{key}']")),
    }
}

/// Prepends an index in the parent list.
pub(crate) fn prepend_index(path: &mut String, index: usize) {
    prepend(path, &format!("[{index}]"));
}

fn prepend(path: &mut String, segment: &str) {
    if !(path.is_empty() || path.starts_with('[')) {
        path.insert(0, '.');
    }
    path.insert_str(0, segment);
}

/// Returns the location for a message: nothing for the outermost value.
pub(crate) fn location(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" at `{path}`") }
}
