//! Comparison of texts with masked parts.

use super::MASK;

/// Returns whether two texts are equal if each `***` in either of them represents any text.
pub(super) fn is_similar(left: &str, right: &str) -> bool {
    left == right || matches(left, right) || matches(right, left)
}

/// Returns whether a text matches a pattern in which each `***` represents any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, tail)) = pattern.split_once(MASK) else { return pattern == text };
    let (middle, end) = tail.rsplit_once(MASK).unwrap_or(("", tail));
    let inside = text.strip_prefix(start).and_then(|text| text.strip_suffix(end));
    let Some(mut rest) = inside else { return false };
    for part in middle.split(MASK) {
        match rest.split_once(part) {
            Some((_, tail)) => rest = tail,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_similar;

    #[track_caller]
    fn check(left: &str, right: &str, expected: bool) {
        assert_eq!(is_similar(left, right), expected, "{left} and {right}");
        assert_eq!(is_similar(right, left), expected, "{right} and {left}");
    }

    #[test]
    fn masks_match_any_text() {
        check("", "", true);
        check("a", "b", false);
        check("***", "", true);
        check("***", "a/b", true);
        check("/bot-***/send", "/bot-1/send", true);
        check("/bot-***/send", "/bot-1/read", false);
        check("/bot-***/send", "/bot-1/send/2", false);
        check("a***b***c", "a1b2c", true);
        check("a***b***c", "a1c", false);
        check("a***a", "a", false);
        check("******", "a", true);
    }

    #[test]
    fn checksums_are_compared() {
        check("***-57d4", "***-57d4", true);
        check("***-57d4", "***-a26c", false);
        check("***-57d4", "EUR", false);
        check("***-57d4", "***", true);
    }
}
