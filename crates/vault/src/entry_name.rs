//! Entry names with a restricted character set.

/// Joins the parts of a path by `separator`. Removes all characters except ASCII letters, digits, `-` and `_`, which are not
/// allowed in names or would be ambiguous with the separator.
pub(crate) fn joined(path: &[&str], separator: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let parts: Vec<String> = path.iter().map(|part| part.chars().filter(allowed).collect()).collect();
    parts.join(separator)
}

#[cfg(test)]
mod tests {
    #[test]
    fn other_characters_are_removed() {
        fn check(path: &[&str], expected: &str) {
            assert_eq!(super::joined(path, "/"), expected);
        }
        check(&["sources", "git-hub_2"], "sources/git-hub_2");
        check(&["a/b", "c d.é"], "ab/cd");
        check(&[], "");
    }
}
