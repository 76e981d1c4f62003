//! Paths of keys in a spec, such as `resources[2].endpoint.path`.

/// Returns the path of `key` in the object at `path`. An empty path is the spec itself.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Returns a path and the paths of its containers, innermost first.
pub(crate) fn outwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind(['.', '[']).and_then(|end| path.get(..end)))
}

#[cfg(test)]
mod tests {
    use super::{join, outwards};

    #[test]
    fn joins_and_lists_containers() {
        assert_eq!((join("", "a"), join("a[0]", "b")), ("a".to_owned(), "a[0].b".to_owned()));
        assert_eq!(outwards("a[0].b").collect::<Vec<_>>(), ["a[0].b", "a[0]", "a"]);
    }
}
