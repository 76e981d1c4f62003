//! Decodes escapes in JSON strings.

use std::borrow::Cow;

use crate::scan;

/// Decodes `raw`, the valid content of a JSON string.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    if backslash(raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    unescape_to(raw, &mut out);
    Cow::Owned(out)
}

/// Appends the decoded `raw` to `out`.
pub(crate) fn unescape_to(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = backslash(rest) {
        let (plain, escaped) = rest.split_at(at);
        out.push_str(plain);
        rest = unescape_one(escaped.strip_prefix('\\').unwrap_or_default(), out);
    }
    out.push_str(rest);
}

/// Returns the position of the first backslash. Valid content has no other special bytes.
fn backslash(raw: &str) -> Option<usize> {
    scan::find_special(raw.as_bytes(), 0)
}

/// Decodes the escape after a backslash and returns the remaining text.
pub(crate) fn unescape_one<'r>(escaped: &'r str, out: &mut String) -> &'r str {
    let mut chars = escaped.chars();
    match chars.next() {
        Some('b') => out.push('\u{8}'),
        Some('f') => out.push('\u{c}'),
        Some('n') => out.push('\n'),
        Some('r') => out.push('\r'),
        Some('t') => out.push('\t'),
        Some('u') => return unicode(chars.as_str(), out),
        Some(other) => out.push(other),
        None => {}
    }
    chars.as_str()
}

/// Decodes the digits of `\uXXXX`, and the low surrogate that follows a high one.
fn unicode<'r>(digits: &'r str, out: &mut String) -> &'r str {
    let (Some(unit), rest) = hex4(digits) else { return digits };
    if let Some(c) = char::from_u32(unit) {
        out.push(c);
        return rest;
    }
    if (0xd800..0xdc00).contains(&unit)
        && let Some((Some(low), after)) = rest.strip_prefix("\\u").map(hex4)
        && (0xdc00..0xe000).contains(&low)
        && let Some(c) = char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
    {
        out.push(c);
        return after;
    }
    out.push(char::REPLACEMENT_CHARACTER);
    rest
}

fn hex4(text: &str) -> (Option<u32>, &str) {
    match text.split_at_checked(4) {
        Some((digits, rest)) => (u32::from_str_radix(digits, 16).ok(), rest),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    fn check(raw: &str, expected: &str) {
        assert_eq!(unescape(raw), expected, "{raw}");
    }

    #[test]
    fn escapes() {
        check("plain", "plain");
        check(r#"a\"b\\c\/d"#, "a\"b\\c/d");
        check(r"\b\f\n\r\t", "\u{8}\u{c}\n\r\t");
        check(r"\u00e9\u65e5", "é日");
        check(r"x\ud83d\ude00y", "x😀y");
        check(r"\u0000", "\0");
    }

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        check(r"\ud800", "\u{fffd}");
        check(r"\ud800\ud800", "\u{fffd}\u{fffd}");
        check(r"\ude00x", "\u{fffd}x");
        check(r"\ud83d\u0041", "\u{fffd}A");
    }
}
