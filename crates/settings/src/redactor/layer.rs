//! Decoded text with positions in the original.

use std::ops::Range;

/// A text or one of its decoded layers, with the source position of each byte.
pub(super) struct DecodedText {
    pub(super) bytes: Vec<u8>,
    /// The range in the original text for each byte; `None` for the original itself.
    sources: Option<Vec<Range<usize>>>,
}

impl DecodedText {
    pub(super) fn of(text: &str) -> DecodedText {
        DecodedText { bytes: text.as_bytes().to_vec(), sources: None }
    }

    /// Returns the range in the original text of a range in this layer.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let Some(sources) = &self.sources else { return range };
        let mut sources = sources.get(range).unwrap_or_default().iter();
        match (sources.next(), sources.next_back()) {
            (Some(first), Some(last)) => first.start..last.end,
            (Some(only), None) => only.clone(),
            (None, _) => 0..0,
        }
    }

    /// Decodes percent-encodings, escapes and entities once, and removes zero bytes. Returns `None` if the text has none of
    /// them.
    pub(super) fn decoded(&self) -> Option<DecodedText> {
        // the positions need many times the memory of the text
        if !self.bytes.iter().any(|byte| matches!(byte, 0 | b'%' | b'\\' | b'&')) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut sources = Vec::with_capacity(self.bytes.len());
        let (mut at, mut is_other) = (0, false);
        while let Some((first, rest)) = self.bytes.get(at..).and_then(<[u8]>::split_first) {
            let unit = match first {
                0 => Some((Decoded::Nothing, 0)),
                b'%' => percent(rest),
                b'\\' => escape(rest),
                b'&' => entity(rest),
                _ => None,
            };
            let (decoded, length) = unit.map_or((Decoded::Byte(*first), 1), |(decoded, length)| (decoded, length + 1));
            is_other |= length > 1 || matches!(decoded, Decoded::Nothing);
            let source = self.source_range(at..at + length);
            match decoded {
                Decoded::Byte(byte) => {
                    bytes.push(byte);
                    sources.push(source);
                }
                Decoded::Nothing => {}
                Decoded::Char(c) => {
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        bytes.push(byte);
                        sources.push(source.clone());
                    }
                }
            }
            at += length;
        }
        is_other.then_some(DecodedText { bytes, sources: Some(sources) })
    }
}

enum Decoded {
    /// A zero byte, as between ASCII letters in UTF-16.
    Nothing,
    Byte(u8),
    Char(char),
}

/// Decodes the characters after `%`. Returns their value and length.
fn percent(rest: &[u8]) -> Option<(Decoded, usize)> {
    match rest {
        [b'u' | b'U', digits @ ..] => Some((Decoded::Char(char::from_u32(hex(digits.get(..4)?)?)?), 5)),
        _ => Some((Decoded::Byte(u8::try_from(hex(rest.get(..2)?)?).ok()?), 2)),
    }
}

/// Decodes the characters after `\` in JSON, Rust and similar syntaxes. Returns their value and length.
fn escape(rest: &[u8]) -> Option<(Decoded, usize)> {
    let (kind, rest) = rest.split_first()?;
    let byte = match kind {
        b'u' if rest.first() == Some(&b'{') => {
            let length = rest.iter().take(8).position(|byte| *byte == b'}')?;
            return Some((Decoded::Char(char::from_u32(hex(rest.get(1..length)?)?)?), length + 2));
        }
        b'u' => {
            let first = hex(rest.get(..4)?)?;
            let second = rest.get(4..).and_then(|rest| hex(rest.strip_prefix(b"\\u")?.get(..4)?));
            let pair = second.filter(|second| (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(second));
            return match pair {
                Some(second) => {
                    Some((Decoded::Char(char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))?), 11))
                }
                None => Some((Decoded::Char(char::from_u32(first)?), 5)),
            };
        }
        b'x' => return Some((Decoded::Byte(u8::try_from(hex(rest.get(..2)?)?).ok()?), 3)),
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'0' => 0,
        punctuation if punctuation.is_ascii_punctuation() => *punctuation,
        _ => return None,
    };
    Some((Decoded::Byte(byte), 1))
}

/// Decodes the characters after `&` in HTML and XML. Returns their value and length.
fn entity(rest: &[u8]) -> Option<(Decoded, usize)> {
    let length = rest.iter().take(10).position(|byte| *byte == b';')?;
    let c = match rest.get(..length)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        b"sol" => '/',
        b"equals" => '=',
        b"plus" => '+',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        _ => return None,
    };
    Some((Decoded::Char(c), length + 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    // `from_str_radix` would accept a sign
    let is_valid = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().filter(|_| is_valid)
}

#[cfg(test)]
mod tests {
    use super::DecodedText;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let layer = DecodedText::of(text).decoded();
        let found = layer.as_ref().map_or(text.as_bytes(), |layer| &layer.bytes);
        assert_eq!(String::from_utf8_lossy(found), expected, "{text}");
        if let Some(layer) = &layer {
            assert_eq!(layer.source_range(0..layer.bytes.len()), 0..text.len());
        }
    }

    #[test]
    fn decodes_each_encoding() {
        check("a%2Fb%2f%25%C3%A9", "a/b/%é");
        check("%u00e9%uD800%", "é%uD800%");
        check(r#"\"\\\/\n\u00e9\ud834\udd1e\u{e9}\x41\'"#, "\"\\/\né𝄞éA'");
        check(r"\ud834 \u{}\u{110000} \q \x4", r"\ud834 \u{}\u{110000} \q \x4");
        check("&amp;&lt;&#233;&#xE9;&quot;&sol; &nope; &", "&<éé\"/ &nope; &");
    }

    #[test]
    fn leaves_text_without_encodings_unchanged() {
        check("a é % 100%zz %+1 &b; \\", "a é % 100%zz %+1 &b; \\");
        assert!(DecodedText::of("plain %zz").decoded().is_none());
    }

    #[test]
    fn positions_map_to_the_original_text() {
        let text = "x%2520y";
        let twice = DecodedText::of(text).decoded().and_then(|layer| layer.decoded()).unwrap();
        assert_eq!(twice.bytes, b"x y");
        assert_eq!(twice.source_range(1..2), 1..6);
        assert_eq!(twice.source_range(2..3), 6..7);
    }
}
