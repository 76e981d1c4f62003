//! Forbidden text.

/// A text that must not occur, and the reason.
struct Forbidden {
    text: &'static str,
    only_in_rust: bool,
    reason: &'static str,
}

// each text is concatenated from parts, as this file is checked too
const FORBIDDEN: &[Forbidden] = &[
    path(concat!("..", "/shared")),
    path(concat!("/wor", "k/")),
    path(concat!("/roo", "t/")),
    path(concat!("/tmp", "/bash")),
    unfinished(concat!("todo", "!(")),
    unfinished(concat!("dbg", "!(")),
];

const fn path(text: &'static str) -> Forbidden {
    Forbidden {
        text,
        only_in_rust: false,
        reason: "is a path that only exists on one machine: use a path inside the \
                 repository, a temporary folder or an argument",
    }
}

const fn unfinished(text: &'static str) -> Forbidden {
    Forbidden {
        text,
        only_in_rust: true,
        reason: "marks unfinished code: finish it, or return an error that names the missing \
                 feature",
    }
}

/// Returns a violation for each line with a forbidden text.
pub(super) fn check(file: &str, content: &str) -> Vec<String> {
    let is_rust = file.ends_with(".rs");
    let mut violations = Vec::new();
    for Forbidden { text, only_in_rust, reason } in FORBIDDEN {
        if (*only_in_rust && !is_rust) || !content.contains(text) {
            continue;
        }
        for (number, line) in (1..).zip(content.lines()) {
            if line.contains(text) {
                violations.push(format!("{file}:{number}: `{text}` {reason}"));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    /// `expected` is the beginning of the only violation, or empty for no violation.
    #[track_caller]
    fn check(file: &str, content: &str, expected: &str) {
        let violations = super::check(file, content);
        if expected.is_empty() {
            assert_eq!(violations, Vec::<String>::new());
        } else {
            assert_eq!(violations.len(), 1, "{violations:?}");
            assert!(violations[0].starts_with(expected), "{violations:?}");
        }
    }

    #[test]
    fn machine_specific_paths() {
        let path = concat!("/roo", "t/data");
        check("a.md", &format!("a\nsee {path}\n"), "a.md:2: `/");
        check("a.rs", path, "a.rs:1: `/");
        check("a.md", "the root/branch works", "");
    }

    #[test]
    fn unfinished_code() {
        let code = concat!("fn a() { todo", "!() }");
        check("a.rs", code, "a.rs:1: `todo");
        check("a.md", code, "");
        check("a.rs", "// nothing to do!", "");
    }
}
