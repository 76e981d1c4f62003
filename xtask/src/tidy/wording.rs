//! The rejected phrases of STYLE.md.

const HEADING: &str = "## Rejected phrases";

/// A phrase that STYLE.md rejects, in lowercase, and its replacement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    phrase: String,
    replacement: String,
}

/// Reads the table of rejected phrases from the text of STYLE.md.
pub(super) fn rejected_phrases(style: &str) -> Vec<Phrase> {
    let (_, section) = style.split_once(HEADING).unwrap_or_default();
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    // the first row is the header
    let phrases =
        rows.skip(1).map(|(phrase, replacement)| Phrase { phrase: phrase.to_lowercase(), replacement: replacement.to_owned() });
    phrases.collect()
}

/// Returns a violation for each line with a rejected phrase. A phrase matches at the start of a word.
pub(super) fn check(file: &str, content: &str, phrases: &[Phrase]) -> Vec<String> {
    let mut violations = Vec::new();
    for (number, line) in (1..).zip(content.lines()) {
        let line = line.to_lowercase();
        for Phrase { phrase, replacement } in phrases.iter().filter(|phrase| contains(&line, &phrase.phrase)) {
            violations.push(format!("{file}:{number}: STYLE.md rejects `{phrase}`: write `{replacement}`"));
        }
    }
    violations
}

fn contains(line: &str, phrase: &str) -> bool {
    let is_inside = |text: &str| text.chars().next_back().is_some_and(char::is_alphanumeric);
    line.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + phrase.len()..).unwrap_or_default());
        let ends_word = !after.starts_with(char::is_alphanumeric) || !phrase.contains(' ');
        !is_inside(before) && ends_word
    })
}

#[cfg(test)]
mod tests {
    const STYLE: &str = "# Style\n\n## Rejected phrases\n\nText.\n\n| phrase | write |\n|---|---|\n| Blurb up | explain |\n\
                         | colour | color |\n\n## Examples\n\n| before | after |\n|---|---|\n| a | b |\n";

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(super::check("a.rs", line, &super::rejected_phrases(STYLE)), expected);
    }

    #[test]
    fn phrases_of_the_table_are_rejected() {
        check("// to blurb up", &["a.rs:1: STYLE.md rejects `blurb up`: write `explain`"]);
        check("\n// Colours: all", &["a.rs:2: STYLE.md rejects `colour`: write `color`"]);
    }

    #[test]
    fn other_text_is_not() {
        check("// a preblurb up and a blurb upward", &[]);
        check("fn blurb_up() {}", &[]);
        check("// a and b", &[]);
    }
}
