//! Names of entries that may have few characters.

/// A path, its parts joined by `separator`. Of each part letters, digits, `-` and `_` are kept: others are not allowed in
/// names, or would be taken for the separator.
pub(crate) fn joined(path: &[&str], separator: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let parts: Vec<String> = path.iter().map(|part| part.chars().filter(allowed).collect()).collect();
    parts.join(separator)
}

#[cfg(test)]
mod tests {
    #[test]
    fn other_characters_are_left_out() {
        fn check(path: &[&str], expected: &str) {
            assert_eq!(super::joined(path, "/"), expected);
        }
        check(&["sources", "git-hub_2"], "sources/git-hub_2");
        check(&["a/b", "c d.é"], "ab/cd");
        check(&[], "");
    }
}
