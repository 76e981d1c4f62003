//! Escapes of characters that would break a table or control the terminal.

/// Returns a text without control characters, `text` itself if it has none. Overwrites `buffer`.
pub(super) fn escape<'t>(text: &'t str, buffer: &'t mut String) -> &'t str {
    if !text.chars().any(is_unsafe) {
        return text;
    }
    buffer.clear();
    for c in text.chars() {
        if is_unsafe(c) {
            buffer.extend(c.escape_default());
        } else {
            buffer.push(c);
        }
    }
    buffer
}

/// Returns whether a character controls the terminal, breaks the line, changes the direction of text, or is invisible. Joiners
/// of emoji and of combined letters are safe.
fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        // Tags, and separators of annotations.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e001f}' => true,
        _ => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(super::escape(text, &mut "old".to_owned()), expected);
    }

    #[test]
    fn control_characters_are_escaped() {
        check("", "");
        check("Rhine", "Rhine");
        check("a\nb\r\n\tc", r"a\nb\r\n\tc");
        check("\u{1b}[31mred\u{1b}]0;title\u{7}", r"\u{1b}[31mred\u{1b}]0;title\u{7}");
        check("\0\u{7f}\u{85}\u{9b}", r"\u{0}\u{7f}\u{85}\u{9b}");
        check("a\u{2028}b\u{202e}c\u{2066}d\u{feff}", r"a\u{2028}b\u{202e}c\u{2066}d\u{feff}");
    }

    #[test]
    fn other_characters_are_unchanged() {
        check(r"C:\new", r"C:\new");
        check("\"'`", "\"'`");
        check("日本 e\u{301} 👩\u{200d}🔬 ❤\u{fe0f}", "日本 e\u{301} 👩\u{200d}🔬 ❤\u{fe0f}");
    }
}
