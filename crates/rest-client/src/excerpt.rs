//! Excerpts of bodies and other texts for error messages.

use std::borrow::Cow;

use catchment_settings::Redactor;

/// Maximum number of characters of a body excerpt.
const CHARS: usize = 300;

/// Maximum number of characters of a URL, a header or a field.
const LONGEST_TEXT: usize = 2000;

/// Number of bytes of a body that an excerpt needs: up to four per character, and the rest of a secret that begins in them.
pub(crate) const MAX_EXCERPT_BYTES: usize = 4 * CHARS + 4096;

/// Returns the first 300 characters of `body`. Masks secrets, which servers often repeat when they reject them, and escapes
/// control characters, which could control a terminal.
pub(crate) fn excerpt(body: &[u8], redactor: &Redactor) -> String {
    let start = body.get(..MAX_EXCERPT_BYTES).unwrap_or(body);
    let mut text = String::from_utf8_lossy(start).into_owned();
    if body.len() > start.len() {
        // the redactor also masks a truncated secret before an ellipsis
        text.push('…');
    }
    cut(redactor.redact(&text).trim(), CHARS).chars().fold(String::new(), |mut out, c| {
        if c.is_control() {
            out.extend(c.escape_default())
        } else {
            out.push(c)
        }
        out
    })
}

/// Masks secrets in a text, which may come from a server, and truncates it to 2,000 characters.
pub(crate) fn redacted(text: &str, redactor: &Redactor) -> String {
    // masking can shorten the text, so more of it is needed
    cut(&redactor.redact(&cut(text, 4 * LONGEST_TEXT)), LONGEST_TEXT).into_owned()
}

/// Truncates a text to `chars` characters and an ellipsis.
fn cut(text: &str, chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(chars) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(text.get(..end).unwrap_or_default().to_owned() + "…"),
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[track_caller]
    fn check(body: &[u8], expected: &str) {
        let redactor = ["tk-123", "a", "q\"u/o te"].into_iter().map(Into::into).collect();
        assert_eq!(excerpt(body, &redactor), expected);
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
