//! `lib.rs` as a table of contents: docs, modules and re-exports.
//!
//! Checks lines instead of a syntax tree: a false result for unusual formatting costs less than a
//! dependency on `syn`.

/// Returns a violation for the first line that belongs in a module.
pub(super) fn check(file: &str, content: &str) -> Vec<String> {
    let mut state = ParseState::Between;
    let mut violations = Vec::new();
    for (number, line) in (1..).zip(content.lines()) {
        state = match state.next(line.trim()) {
            Some(state) => state,
            None => {
                violations.push(format!(
                    "{file}:{number}: only docs, attributes, `mod` and `use` are allowed here; \
                     move this to a module: {}",
                    line.trim()
                ));
                break; // the next lines most likely belong to the same item
            }
        };
    }
    violations
}

/// The parser state after a line.
#[derive(Clone, Copy)]
enum ParseState {
    Between,
    /// Within an attribute, with the number of open brackets.
    Attribute(usize),
    /// Within a `use`, before its semicolon.
    Use,
}

impl ParseState {
    /// Returns the state after a line, or `None` if the line is not allowed in `lib.rs`.
    fn next(self, line: &str) -> Option<Self> {
        match self {
            Self::Between => Self::item(line),
            Self::Attribute(open) => Self::attribute(line, open),
            Self::Use => Some(Self::after_use(line)),
        }
    }

    fn item(line: &str) -> Option<Self> {
        if line.is_empty() || line.starts_with("//") {
            return Some(Self::Between);
        }
        if line.starts_with("#[") || line.starts_with("#![") {
            return Self::attribute(line, 0);
        }
        let item = without_visibility(line);
        if item.starts_with("use ") {
            return Some(Self::after_use(item));
        }
        let module = item.strip_prefix("mod ")?;
        let (_, rest) = module.split_once(';')?;
        (rest.is_empty() || rest.trim_start().starts_with("//")).then_some(Self::Between)
    }

    /// Parses a line of an attribute, which may be followed by an item.
    fn attribute(line: &str, mut open: usize) -> Option<Self> {
        for (index, c) in line.char_indices() {
            match c {
                '[' => open += 1,
                ']' if open == 1 => return Self::item(line[index + 1..].trim()),
                ']' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        Some(Self::Attribute(open))
    }

    fn after_use(line: &str) -> Self {
        if line.contains(';') { Self::Between } else { Self::Use }
    }
}

fn without_visibility(item: &str) -> &str {
    let Some(rest) = item.strip_prefix("pub") else {
        return item;
    };
    let rest = match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')').map_or("", |(_, rest)| rest),
        None => rest,
    };
    rest.trim_start()
}

#[cfg(test)]
mod tests {
    /// `expected` is the line of the violation, or 0 for no violation.
    #[track_caller]
    fn check(content: &str, expected: usize) {
        let violations = super::check("a/src/lib.rs", content);
        if expected == 0 {
            assert_eq!(violations, Vec::<String>::new(), "{content}");
        } else {
            assert_eq!(violations.len(), 1, "{content}: {violations:?}");
            let start = format!("a/src/lib.rs:{expected}: ");
            assert!(violations[0].starts_with(&start), "{violations:?}");
        }
    }

    #[test]
    fn docs_modules_and_uses_are_allowed() {
        check("", 0);
        check("//! Docs\n\n// a comment\n/// of a module\nmod a;", 0);
        check("mod a;\npub mod b;\npub(crate) mod c; // why", 0);
        check("use a::B;\npub use a::{B, C};\npub(crate) use d::*;", 0);
        check("pub use a::{\n    B,\n    C,\n};\nmod d;", 0);
    }

    #[test]
    fn attributes_are_allowed() {
        check("#![doc = include_str!(\"../README.md\")]\nmod a;", 0);
        check("#[cfg(test)]\nmod a;", 0);
        check("#[cfg(test)] mod a;", 0);
        check("#![expect(\n    a::b,\n    reason = \"[c]\"\n)]\nmod a;", 0);
    }

    #[test]
    fn items_are_rejected() {
        check("mod a;\nfn b() {}", 2);
        check("mod a { fn b() {} }", 1);
        check("pub struct A;", 1);
        check("pub type A = B;\nfn c() {}", 1);
        check("#[cfg(test)]\nmod tests {\n}", 2);
        check("#[cfg(test)] fn a() {}", 1);
        check("use a::{\n    B,\n};\nconst C: u8 = 1;", 4);
        check("mod a; fn b() {}", 1);
        check("macro_rules! a {\n}", 1);
    }
}
