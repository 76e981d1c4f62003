//! Names that consist of several identifiers.

use super::shorten::shorten;
use super::snake_case::normalize_identifier;

/// The separator between the parts of a name.
pub const SEPARATOR: &str = "__";

/// The name for a blank key.
pub const EMPTY_KEY: &str = "_empty";

/// Normalizes a key of the data, which may be a path: `a__B` becomes `a__b`. A blank key becomes [`EMPTY_KEY`].
pub fn normalize_key(key: &str) -> String {
    let name = normalize_path(key);
    if name.is_empty() { EMPTY_KEY.to_owned() } else { name }
}

/// Normalizes each part of `path`. Blank parts are dropped.
pub fn normalize_path(path: &str) -> String {
    if !path.contains(SEPARATOR) {
        return normalize_identifier(path);
    }
    let parts = path.split(SEPARATOR).filter(|part| !part.trim().is_empty()).map(normalize_identifier);
    parts.collect::<Vec<_>>().join(SEPARATOR)
}

/// Joins the normalized names `parent` and `name`, shortened to `max_length` characters.
pub fn join(parent: &str, name: &str, max_length: Option<usize>) -> String {
    let joined = match parent {
        "" => name.to_owned(),
        parent => format!("{parent}{SEPARATOR}{name}"),
    };
    shorten(&joined, &joined, max_length)
}

#[cfg(test)]
mod tests {
    use super::{join, normalize_key};

    #[test]
    fn normalizes_keys() {
        let check = |key, expected| assert_eq!(normalize_key(key), expected, "{key:?}");
        check("e__f", "e__f");
        check("weird__", "weird");
        check("a___", "a__x");
        check("__", "_empty");
        check("", "_empty");
        check(" ", "_empty");
        check("userID__firstName", "user_id__first_name");
    }

    #[test]
    fn joins_and_shortens_names() {
        assert_eq!(join("", "a", None), "a");
        assert_eq!(join("issues", "labels", None), "issues__labels");
        assert_eq!(join("parent_table_name_long", &"b".repeat(60), Some(30)), "parent_tablew9xibwbbbbbbbbbbbb");
    }
}
