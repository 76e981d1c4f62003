//! Names made of several identifiers.

use super::shorten::shorten;
use super::snake_case::normalize_identifier;

/// Stands between the parts of a name.
pub const SEPARATOR: &str = "__";

/// The name of a key that is blank.
pub const EMPTY_KEY: &str = "_empty";

/// The name of a key in the data, which may be a path already: `a__B` becomes `a__b`.
pub fn normalize_key(key: &str) -> String {
    let name = normalize_path(key);
    if name.is_empty() { EMPTY_KEY.to_owned() } else { name }
}

/// `path` with each of its parts normalised. Blank parts are dropped.
pub fn normalize_path(path: &str) -> String {
    if !path.contains(SEPARATOR) {
        return normalize_identifier(path);
    }
    let parts = path.split(SEPARATOR).filter(|part| !part.trim().is_empty()).map(normalize_identifier);
    parts.collect::<Vec<_>>().join(SEPARATOR)
}

/// The name of `name` below `parent`, both normalised; shortened to `max_length` characters.
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
    fn keys() {
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
    fn joined() {
        assert_eq!(join("", "a", None), "a");
        assert_eq!(join("issues", "labels", None), "issues__labels");
        assert_eq!(join("parent_table_name_long", &"b".repeat(60), Some(30)), "parent_tablew9xibwbbbbbbbbbbbb");
    }
}
