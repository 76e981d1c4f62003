//! Subjects of commits: `crate: imperative`, at most 72 characters.

use std::path::Path;
use std::process::Command;

use super::member::Member;

const MAX_CHARS: usize = 72;

/// Scopes of commits besides the names of crates without `catchment-`.
const OTHER_SCOPES: &[&str] = &["ci", "deps", "docs", "examples", "pipeline", "tests", "workspace", "xtask"];

/// Returns the subjects of the commits since `base`, by default since the branch's upstream. Returns none if git does not
/// know either, as in a fresh clone or an archive.
pub(super) fn subjects(root: &Path, base: Option<&str>) -> Vec<String> {
    let range = format!("{}..HEAD", base.unwrap_or("@{upstream}"));
    let output = Command::new("git").args(["log", "--no-merges", "--format=%s", &range]).current_dir(root).output();
    let subjects = output.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&subjects).lines().map(str::to_owned).collect()
}

/// Returns a violation for each subject that breaks a rule.
pub(super) fn check(subject: &str, members: &[Member]) -> Option<String> {
    let violation = |problem: String| Some(format!("commit {subject:?}: {problem}"));
    let length = subject.chars().count();
    if length > MAX_CHARS {
        return violation(format!("the subject has {length} characters, the limit is {MAX_CHARS}"));
    }
    let is_scope = |scope: &str| {
        OTHER_SCOPES.contains(&scope) || members.iter().any(|member| member.name.strip_prefix("catchment-") == Some(scope))
    };
    match subject.split_once(": ") {
        Some((scopes, summary)) if scopes.split(", ").all(is_scope) && !summary.is_empty() => None,
        _ => violation("begin with the crate, as in `load: stage batches through COPY`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(subject: &str, expected: Option<&str>) {
        let members = crate::tidy::member::parse(&["catchment-load:", "catchment-run: catchment-load"]);
        let expected = expected.map(|problem| format!("commit {subject:?}: {problem}"));
        assert_eq!(super::check(subject, &members), expected);
    }

    #[test]
    fn subjects_begin_with_a_crate() {
        check("load: stage batches through COPY", None);
        check("load, run: pass a cancellation token", None);
        check("docs: add a tutorial", None);
        let problem = "begin with the crate, as in `load: stage batches through COPY`";
        check("stage batches through COPY", Some(problem));
        check("lode: stage batches", Some(problem));
        check("load: ", Some(problem));
    }

    #[test]
    fn subjects_have_at_most_72_characters() {
        check(&format!("load: {}", "x".repeat(66)), None);
        check(&format!("load: {}", "x".repeat(67)), Some("the subject has 73 characters, the limit is 72"));
    }
}
