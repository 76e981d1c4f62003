//! Manifests: lints and versions are inherited from the workspace, and each external dependency has a
//! comment with its reason.

use toml::{Table, Value};

const KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Returns the violations in the manifest of a crate.
pub(super) fn check_member(file: &str, content: &str) -> Vec<String> {
    let manifest: Table = match content.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{file}: invalid TOML: {error}")],
    };
    let mut violations = Vec::new();
    if !manifest.get("lints").is_some_and(is_inherited) {
        violations.push(format!(
            "{file}: add\n    [lints]\n    workspace = true\n  to inherit the lints of the \
             workspace"
        ));
    }
    for dependencies in dependency_tables(&manifest) {
        for (name, dependency) in dependencies {
            if !is_inherited(dependency) {
                violations.push(format!(
                    "{file}: write `{name}.workspace = true` and add the version of `{name}` to \
                     [workspace.dependencies], so that all crates use the same version"
                ));
            }
        }
    }
    violations
}

/// Returns all tables of dependencies, including those below `[target.'cfg(…)']`.
fn dependency_tables(manifest: &Table) -> Vec<&Table> {
    let targets =
        manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values).filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)))
        .filter_map(Value::as_table)
        .collect()
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// Returns the violations in the manifest of the workspace. Checks lines, as a parser drops comments.
pub(super) fn check_workspace(file: &str, content: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let mut in_dependencies = false;
    for (number, line) in (1..).zip(content.lines()) {
        if line.starts_with('[') {
            in_dependencies = line.trim_end() == "[workspace.dependencies]";
            continue;
        }
        // continuation lines of arrays, empty lines and comments have no key
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let is_key = key.starts_with(|c: char| c.is_ascii_alphanumeric());
        let (value, comment) = split_comment(value);
        if in_dependencies && is_key && !value.contains("path =") && comment.is_empty() {
            violations.push(format!("{file}:{number}: add a comment at the end of the line: what `{}` is used for", key.trim()));
        }
    }
    violations
}

/// Splits a line into value and comment. A `#` within a string does not begin a comment.
fn split_comment(line: &str) -> (&str, &str) {
    let mut in_string = false;
    for (index, c) in line.char_indices() {
        match c {
            '"' => in_string = !in_string,
            '#' if !in_string => {
                let (value, comment) = line.split_at(index);
                return (value, comment.trim_start_matches('#').trim());
            }
            _ => {}
        }
    }
    (line, "")
}

#[cfg(test)]
mod tests {
    use super::{check_member, check_workspace};

    #[track_caller]
    fn check_violations(violations: &[String], expected: &[&str]) {
        assert_eq!(violations.len(), expected.len(), "{violations:?}");
        for (violation, part) in violations.iter().zip(expected) {
            assert!(violation.contains(part), "{violation}\ndoes not contain\n{part}");
        }
    }

    #[track_caller]
    fn member(content: &str, expected: &[&str]) {
        check_violations(&check_member("a/Cargo.toml", content), expected);
    }

    #[track_caller]
    fn member_dependencies(content: &str, expected: &[&str]) {
        member(&format!("[lints]\nworkspace = true\n{content}"), expected);
    }

    #[track_caller]
    fn workspace(content: &str, expected: &[&str]) {
        let content = format!("[workspace.dependencies]\n{content}");
        check_violations(&check_workspace("Cargo.toml", &content), expected);
    }

    #[test]
    fn lints_are_inherited_from_the_workspace() {
        member("[lints]\nworkspace = true", &[]);
        member("lints.workspace = true", &[]);
        member("", &["[lints]"]);
        member("[lints.rust]\nunsafe_code = 'deny'", &["[lints]"]);
        member("[lints", &["a/Cargo.toml: invalid TOML"]);
    }

    #[test]
    fn versions_are_inherited_from_the_workspace() {
        member_dependencies("[dependencies]\na.workspace = true", &[]);
        member_dependencies("[dependencies]\na = { workspace = true, features = ['b'] }", &[]);
        member_dependencies("[dependencies.a]\nworkspace = true", &[]);
        member_dependencies("[dependencies]\na = '1'", &["write `a.workspace = true`"]);
        member_dependencies("[dev-dependencies]\na = '1'", &["`a.workspace"]);
        member_dependencies("[build-dependencies]\na.path = '..'", &["`a.workspace"]);
        member_dependencies("[target.'cfg(unix)'.dependencies]\na = '1'\nb = '1'", &["`a.workspace", "`b.workspace"]);
    }

    #[test]
    fn external_dependencies_have_a_comment() {
        workspace("a = \"1\" # dates", &[]);
        workspace("a = { path = \"crates/a\" }", &[]);
        workspace("# a comment = on a separate line\n\n", &[]);
        workspace("a = \"1\"", &["Cargo.toml:2: add a comment at the end of the line: what `a` is used for"]);
        workspace("a = \"1\" #", &["what `a`"]);
        workspace("a = \"#1\"", &["what `a`"]);
        workspace("a = { version = \"1\", features = [ # dates\n  \"b\",\n] }", &[]);
        workspace("a = \"1\" # dates\n\n[profile.dev]\nopt-level = 1", &[]);
    }
}
