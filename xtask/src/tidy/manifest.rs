//! Manifests: lints and versions come from the workspace, and every choice of a crate from
//! outside has its reason beside it.

use toml::{Table, Value};

const KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Complaints about the manifest of a crate.
pub(super) fn check_member(file: &str, content: &str) -> Vec<String> {
    let manifest: Table = match content.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{file}: not TOML: {error}")],
    };
    let mut violations = Vec::new();
    if !manifest.get("lints").is_some_and(is_inherited) {
        violations.push(format!(
            "{file}: add\n    [lints]\n    workspace = true\n  so that the crate has the lints \
             of the workspace"
        ));
    }
    for dependencies in dependency_tables(&manifest) {
        for (name, dependency) in dependencies {
            if !is_inherited(dependency) {
                violations.push(format!(
                    "{file}: write `{name}.workspace = true` and put the version of `{name}` \
                     into [workspace.dependencies], where all crates agree on it"
                ));
            }
        }
    }
    violations
}

/// The tables of dependencies, also those below `[target.'cfg(…)']`.
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

/// Complaints about the manifest of the workspace. By lines, as a parser drops comments.
pub(super) fn check_workspace(file: &str, content: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let mut in_dependencies = false;
    for (number, line) in (1..).zip(content.lines()) {
        if line.starts_with('[') {
            in_dependencies = line.trim_end() == "[workspace.dependencies]";
            continue;
        }
        // a line that continues an array, an empty line or a comment has no key
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let is_key = key.starts_with(|c: char| c.is_ascii_alphanumeric());
        let (value, comment) = split_comment(value);
        if in_dependencies && is_key && !value.contains("path =") && comment.is_empty() {
            violations.push(format!("{file}:{number}: say in a comment at the end of the line what `{}` is for", key.trim()));
        }
    }
    violations
}

/// A line's value and comment: a `#` in a string begins none.
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
            assert!(violation.contains(part), "{violation}\nhas no\n{part}");
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
    fn lints_come_from_the_workspace() {
        member("[lints]\nworkspace = true", &[]);
        member("lints.workspace = true", &[]);
        member("", &["[lints]"]);
        member("[lints.rust]\nunsafe_code = 'deny'", &["[lints]"]);
        member("[lints", &["a/Cargo.toml: not TOML"]);
    }

    #[test]
    fn versions_come_from_the_workspace() {
        member_dependencies("[dependencies]\na.workspace = true", &[]);
        member_dependencies("[dependencies]\na = { workspace = true, features = ['b'] }", &[]);
        member_dependencies("[dependencies.a]\nworkspace = true", &[]);
        member_dependencies("[dependencies]\na = '1'", &["write `a.workspace = true`"]);
        member_dependencies("[dev-dependencies]\na = '1'", &["`a.workspace"]);
        member_dependencies("[build-dependencies]\na.path = '..'", &["`a.workspace"]);
        member_dependencies("[target.'cfg(unix)'.dependencies]\na = '1'\nb = '1'", &["`a.workspace", "`b.workspace"]);
    }

    #[test]
    fn crates_from_outside_have_a_reason() {
        workspace("a = \"1\" # dates", &[]);
        workspace("a = { path = \"crates/a\" }", &[]);
        workspace("# a comment = of its own\n\n", &[]);
        workspace("a = \"1\"", &["Cargo.toml:2: say in a comment at the end of the line what `a` is for"]);
        workspace("a = \"1\" #", &["what `a`"]);
        workspace("a = \"#1\"", &["what `a`"]);
        workspace("a = { version = \"1\", features = [ # dates\n  \"b\",\n] }", &[]);
        workspace("a = \"1\" # dates\n\n[profile.dev]\nopt-level = 1", &[]);
    }
}
