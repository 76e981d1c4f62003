//! Escapes of characters that would break a table or control the terminal.

/// The first character of a flag with tags, such as that of Scotland.
const BLACK_FLAG: char = '\u{1f3f4}';

/// The maximum number of tags of a flag, which are the code of a region.
const MAX_FLAG_TAGS: usize = 6;

/// Returns a text without control characters, `text` itself if it has none. Overwrites `buffer`.
pub(super) fn escape<'t>(text: &'t str, buffer: &'t mut String) -> &'t str {
    if !text.chars().any(is_unsafe) {
        return text;
    }
    buffer.clear();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if is_unsafe(c) {
            buffer.extend(c.escape_default());
        } else {
            buffer.push(c);
        }
        if c == BLACK_FLAG {
            let tags = flag_tags(chars.as_str());
            buffer.extend(chars.by_ref().take(tags));
        }
    }
    buffer
}

/// Returns the number of tags after a black flag that make it the flag of a region, up to the one that ends it, or 0.
fn flag_tags(text: &str) -> usize {
    let tags = text.chars().take_while(|c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}')).count();
    let is_flag = (1..=MAX_FLAG_TAGS).contains(&tags) && text.chars().nth(tags) == Some('\u{e007f}');
    if is_flag { tags + 1 } else { 0 }
}

/// Returns whether a character controls the terminal, breaks the line, changes the direction of text, or is invisible. Joiners
/// of emoji and of combined letters are safe.
fn is_unsafe(c: char) -> bool {
    match c {
        ' '..='~' => false,
        // The soft hyphen, two fillers of Hangul, and the vowel separator of Mongolian.
        '\u{ad}' | '\u{115f}' | '\u{180e}' | '\u{3164}' => true,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        // Separators of annotations, and tags.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
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
        check("a\u{ad}b\u{115f}c\u{180e}d\u{3164}", r"a\u{ad}b\u{115f}c\u{180e}d\u{3164}");
        check("a\u{e0061}\u{e007f}", r"a\u{e0061}\u{e007f}");
        // not the flag of a region
        check("🏴\u{e0061}", r"🏴\u{e0061}");
        check("🏴\u{e007f}", r"🏴\u{e007f}");
    }

    #[test]
    fn other_characters_are_unchanged() {
        check(r"C:\new", r"C:\new");
        check("\"'`", "\"'`");
        check("日本 e\u{301} 👩\u{200d}🔬 ❤\u{fe0f}", "日本 e\u{301} 👩\u{200d}🔬 ❤\u{fe0f}");
        let scotland = "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
        check(scotland, scotland);
        check(&format!("a\n{scotland}"), &format!(r"a\n{scotland}"));
    }
}
