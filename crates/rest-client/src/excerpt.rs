//! The beginning of a body, for people.

/// How many characters of a body are shown.
const CHARS: usize = 300;

/// The first 300 characters of `body`, control characters escaped so that they cannot drive a terminal.
pub(crate) fn excerpt(body: &[u8]) -> String {
    // a character has at most four bytes, so one that is cut here is not among the first 300
    let start = body.get(..4 * CHARS).unwrap_or(body);
    let text = String::from_utf8_lossy(start);
    let text = text.trim();
    let mut out = String::new();
    for c in text.chars().take(CHARS) {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if body.len() > start.len() || text.chars().nth(CHARS).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[track_caller]
    fn check(body: &[u8], expected: &str) {
        assert_eq!(excerpt(body), expected);
    }

    #[test]
    fn excerpts() {
        check(b"", "");
        check(b" {\"message\": \"boom\"}\n", "{\"message\": \"boom\"}");
        check(b"a\nb\x1b[31m", "a\\nb\\u{1b}[31m");
        check(b"\xff", "\u{fffd}");
        check("é".repeat(300).as_bytes(), &"é".repeat(300));
        check("é".repeat(301).as_bytes(), &("é".repeat(300) + "…"));
        check("𝄞".repeat(400).as_bytes(), &("𝄞".repeat(300) + "…"));
    }
}
