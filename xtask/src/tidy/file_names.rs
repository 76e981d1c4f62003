//! Names of source files.

/// Vague names, which attract unrelated code.
const VAGUE: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "managers"];

/// Returns a violation if a source file or one of its folders has a vague name.
pub(super) fn check(file: &str) -> Option<String> {
    let path = file.strip_suffix(".rs")?;
    let name = path.split('/').find(|name| VAGUE.contains(name))?;
    Some(format!(
        "{file}: the name `{name}` is too vague: name it after its content, or move each part \
         to the module that uses it"
    ))
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(file: &str, is_good: bool) {
        assert_eq!(super::check(file).is_none(), is_good, "{file}");
    }

    #[test]
    fn vague_names_are_rejected() {
        check("crates/json/src/tape.rs", true);
        check("crates/json/src/common_prefix.rs", true);
        check("data/common/pages.json", true);
        check("crates/json/src/utils.rs", false);
        check("tests/src/common/mod.rs", false);
        check("tests/src/helpers.rs", false);
        check("crates/run/src/manager.rs", false);
    }
}
