//! The beginning of a body, for people.

use catchment_settings::Secret;

use crate::redact::mask;

/// How many characters of a body are shown.
const CHARS: usize = 300;

/// How many bytes of a body an excerpt needs: a character has at most four, and a secret that begins in them has to be
/// known in whole.
pub(crate) const MAX_EXCERPT_BYTES: usize = 4 * CHARS + 4096;

/// The first 300 characters of `body`, control characters escaped so that they cannot drive a terminal, and `***` for
/// `secrets`, which servers like to repeat where they refuse them.
pub(crate) fn excerpt(body: &[u8], secrets: &[Secret]) -> String {
    let start = body.get(..MAX_EXCERPT_BYTES).unwrap_or(body);
    let text = mask(String::from_utf8_lossy(start).into_owned(), secrets);
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
        assert_eq!(excerpt(body, &["tk-123".into(), "a".into(), "q\"u/o te".into()]), expected);
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
        check(b"the key tk-123 is not valid", "the key *** is not valid");
        check(br#"{"found": "q\"u/o te", "at": "/x/q%22u/o%20te?k=q%22u%2Fo+te"}"#, r#"{"found": "***", "at": "/x/***?k=***"}"#);
    }
}
