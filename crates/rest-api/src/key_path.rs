//! Paths of keys: `resources[2].endpoint.path`.

/// The path of `key` in the object at `path`; empty stands for the whole.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A path and those of what it stands in, the innermost first.
pub(crate) fn outwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind(['.', '[']).and_then(|end| path.get(..end)))
}

#[cfg(test)]
mod tests {
    use super::{join, outwards};

    #[test]
    fn paths_lead_inwards_and_outwards() {
        assert_eq!((join("", "a"), join("a[0]", "b")), ("a".to_owned(), "a[0].b".to_owned()));
        assert_eq!(outwards("a[0].b").collect::<Vec<_>>(), ["a[0].b", "a[0]", "a"]);
    }
}
