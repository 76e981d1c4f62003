//! Names of source files: each says what the file holds.

/// Names that fit anything, and so collect anything.
const VAGUE: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "managers"];

/// A complaint if a source file, or a folder that it is in, has a name that says nothing.
pub(super) fn check(file: &str) -> Option<String> {
    let path = file.strip_suffix(".rs")?;
    let name = path.split('/').find(|name| VAGUE.contains(name))?;
    Some(format!(
        "{file}: `{name}` does not say what it holds: name it for its content, or move each \
         part to where it is used"
    ))
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(file: &str, is_good: bool) {
        assert_eq!(super::check(file).is_none(), is_good, "{file}");
    }

    #[test]
    fn names_that_say_nothing() {
        check("crates/json/src/tape.rs", true);
        check("crates/json/src/common_prefix.rs", true);
        check("data/common/pages.json", true);
        check("crates/json/src/utils.rs", false);
        check("tests/src/common/mod.rs", false);
        check("tests/src/helpers.rs", false);
        check("crates/run/src/manager.rs", false);
    }
}
