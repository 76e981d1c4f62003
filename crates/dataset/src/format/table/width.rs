//! Widths of texts in a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Returns the number of terminal cells of a text: 2 for wide characters and emoji, 0 for combining marks.
pub(super) fn display_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Returns the longest start of a text that has at most `width` cells. Combining marks stay with their character.
pub(super) fn start_of_width(text: &str, width: usize) -> &str {
    let mut cells = 0;
    let fits = |(_, c): &(usize, char)| {
        cells += c.width().unwrap_or_default();
        cells > width
    };
    let end = text.char_indices().find(fits).map_or(text.len(), |(end, _)| end);
    let mut start = text.get(..end).unwrap_or_default();
    // A sequence can be wider than its characters, such as a heart with an emoji selector, and must not end with a joiner.
    while start.ends_with('\u{200d}') || display_width(start) > width {
        let mut chars = start.chars();
        chars.next_back();
        start = chars.as_str();
    }
    start
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check_width(text: &str, expected: usize) {
        assert_eq!(super::display_width(text), expected);
    }

    #[track_caller]
    fn check_start(text: &str, width: usize, expected: &str) {
        assert_eq!(super::start_of_width(text, width), expected);
    }

    #[test]
    fn widths_are_terminal_cells() {
        check_width("", 0);
        check_width("Rhine", 5);
        check_width("Zürich", 6);
        check_width("e\u{301}", 1);
        check_width("日本", 4);
        check_width("🚀", 2);
        check_width("👩\u{200d}🔬", 2);
        check_width("❤\u{fe0f}", 2);
    }

    #[test]
    fn starts_fit_their_width() {
        check_start("Rhine", 0, "");
        check_start("Rhine", 3, "Rhi");
        check_start("Rhine", 5, "Rhine");
        check_start("日本語", 5, "日本");
        check_start("ae\u{301}b", 2, "ae\u{301}");
        check_start("❤\u{fe0f}", 1, "❤");
        check_start("👩\u{200d}🔬x", 2, "👩");
    }
}
