//! Redaction of large texts with little memory.

use catchment_settings::Redactor;

/// Larger texts are redacted in chunks. The redactor needs many times the memory of a text with escapes.
const MAX_WHOLE: usize = 1 << 20;

/// Minimum size of a chunk in bytes.
const MIN_CHUNK: usize = 256 << 10;

/// Number of bytes on each side of a boundary that are searched for secrets across it.
const OVERLAP: usize = 16 << 10;

/// Maximum number of tested boundaries per chunk.
const MAX_BOUNDARIES: usize = 16;

/// Returns a text without the secrets of the redactor.
pub(super) fn redacted(text: &str, redactor: &Redactor) -> String {
    redacted_in_chunks(text, redactor, MAX_WHOLE, MIN_CHUNK)
}

fn redacted_in_chunks(text: &str, redactor: &Redactor, max_whole: usize, min_chunk: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > max_whole
        && let Some(boundary) = boundary(rest, redactor, min_chunk)
    {
        let (chunk, tail) = rest.split_at(boundary);
        out.push_str(&redactor.redact(chunk));
        rest = tail;
    }
    out.push_str(&redactor.redact(rest));
    out
}

/// Returns the first boundary after `min_chunk` bytes that divides no secret.
fn boundary(text: &str, redactor: &Redactor, min_chunk: usize) -> Option<usize> {
    let mut from = min_chunk;
    for _ in 0..MAX_BOUNDARIES {
        let start = text.ceil_char_boundary(from);
        let searched = text.get(start..text.ceil_char_boundary(start + OVERLAP))?;
        // the value of a parameter in a URL ends at a line break
        let boundary = start + searched.find('\n').map_or(0, |line_break| line_break + 1);
        if divides_no_secret(text, boundary, redactor) {
            return Some(boundary);
        }
        from = boundary + 1;
    }
    None
}

/// Returns whether the parts on both sides of a boundary are redacted as the whole is.
fn divides_no_secret(text: &str, boundary: usize, redactor: &Redactor) -> bool {
    let start = text.floor_char_boundary(boundary.saturating_sub(OVERLAP));
    let end = text.ceil_char_boundary(boundary + OVERLAP);
    let (Some(before), Some(after)) = (text.get(start..boundary), text.get(boundary..end)) else { return false };
    let parts = redactor.redact(before).into_owned() + &redactor.redact(after);
    redactor.redact(text.get(start..end).unwrap_or_default()) == parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let redactor = Redactor::from_iter(["first-line\nsecond-line".into(), "word".into()]);
        for min_chunk in 1..text.len() {
            assert_eq!(redacted_in_chunks(text, &redactor, 8, min_chunk), expected, "{min_chunk}");
        }
    }

    #[test]
    fn secrets_at_boundaries_are_masked() {
        check("a é first-line\nsecond-line b", "a é *** b");
        check("a\nfirst-line\nsecond-line\nword\nswordfish\nx", "a\n***\n***\nswordfish\nx");
        check("é first%2Dline%0Asecond-line €", "é *** €");
    }

    #[test]
    fn large_texts_are_redacted() {
        let line = "id,name,words\n";
        let text = format!("{}word\n{}", line.repeat(60_000), line.repeat(60_000));
        let redacted = redacted(&text, &Redactor::from_iter(["word".into()]));
        assert_eq!(redacted, text.replace("\nword\n", "\n***\n"));
    }
}
