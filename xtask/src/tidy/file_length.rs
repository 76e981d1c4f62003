//! Length of source files.

/// Files are to have about 200 lines and hold one thing; with its tests beside it a file may
/// have twice that. Beyond it holds a second thing, which has a name and wants its own file.
const MAX_LINES: usize = 400;

/// A complaint if the file is too long.
pub(super) fn check(file: &str, content: &str) -> Option<String> {
    let lines = content.lines().count();
    (lines > MAX_LINES).then(|| {
        format!(
            "{file}: {lines} lines, the limit is {MAX_LINES}: split it by what it holds, its \
             tests can go to a file of their own"
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
