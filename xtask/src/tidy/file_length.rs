//! Length of source files.

/// Maximum number of lines. A file should have about 200 lines for one type or task; with unit tests, up to
/// twice as many.
const MAX_LINES: usize = 400;

/// Returns a violation if the file is too long.
pub(super) fn check(file: &str, content: &str) -> Option<String> {
    let lines = content.lines().count();
    (lines > MAX_LINES).then(|| {
        format!(
            "{file}: {lines} lines, the limit is {MAX_LINES}: split it by type or task, or move \
             its tests to a separate file"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::MAX_LINES;

    #[track_caller]
    fn check(lines: usize, is_good: bool) {
        let violation = super::check("a.rs", &"\n".repeat(lines));
        assert_eq!(violation.is_none(), is_good, "{violation:?}");
    }

    #[test]
    fn limit_itself_is_allowed() {
        check(0, true);
        check(MAX_LINES, true);
        check(MAX_LINES + 1, false);
    }
}
