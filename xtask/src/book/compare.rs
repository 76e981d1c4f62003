//! Compares the output that a page shows with the output of its command.
//!
//! Both sides are normalized: seconds, times of the run, load ids and widths of columns differ from run to run. In
//! the expected output, `…` matches any text, and alone on a line any number of lines.

/// The character that matches any text or any lines.
const ANY: char = '…';

/// Returns whether an output is the expected one.
pub(super) fn matches(expected: &[String], actual: &[String]) -> bool {
    let (expected, actual) = (ordered(expected), ordered(actual));
    wildcard(&expected, &actual, |line| is_any(line), |expected, actual| line_matches(expected, actual))
}

/// Returns whether a line matches any number of lines.
pub(super) fn is_any(line: &str) -> bool {
    line.trim() == "…"
}

/// Returns whether a line of an output is the expected one.
pub(super) fn line_matches(expected: &str, actual: &str) -> bool {
    let pattern: Vec<char> = normalize(expected).chars().collect();
    let text: Vec<char> = normalize(actual).chars().collect();
    wildcard(&pattern, &text, |c| *c == ANY, |expected, actual| expected == actual)
}

/// Returns the lines of an output with adjacent row counts in the order of their tables: resources that run at the same time report
/// them in any order.
fn ordered(lines: &[String]) -> Vec<String> {
    let mut lines = without_blank_end(lines).to_vec();
    lines.chunk_by_mut(|one, other| is_row_count(one) && is_row_count(other)).for_each(<[String]>::sort);
    lines
}

/// Returns whether a line is `    issues: 4 rows`.
fn is_row_count(line: &str) -> bool {
    let count = line.strip_suffix(" rows").or_else(|| line.strip_suffix(" row"));
    let count = count.and_then(|line| line.strip_prefix("    ")?.split_once(": "));
    count.is_some_and(|(_, count)| !count.is_empty() && count.chars().all(|c| c.is_ascii_digit()))
}

/// Returns the lines of an output without the blank ones at its end.
pub(super) fn without_blank_end(lines: &[String]) -> &[String] {
    let end = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    lines.get(..end).unwrap_or(lines)
}

/// Returns the differences between two outputs, a line each: `-` expected, `+` actual.
pub(super) fn diff(expected: &[String], actual: &[String]) -> String {
    let mut text = String::new();
    let (expected, actual) = (ordered(expected), ordered(actual));
    let mut rest = actual.as_slice();
    for line in &expected {
        let found = if is_any(line) { None } else { rest.iter().position(|actual| line_matches(line, actual)) };
        let Some(index) = found else {
            text.push_str(&format!("  - {line}\n"));
            continue;
        };
        let (skipped, after) = rest.split_at(index);
        skipped.iter().for_each(|actual| text.push_str(&format!("  + {actual}\n")));
        text.push_str(&format!("    {line}\n"));
        rest = after.get(1..).unwrap_or_default();
    }
    rest.iter().for_each(|actual| text.push_str(&format!("  + {actual}\n")));
    text
}

/// Matches a pattern in which some elements stand for any number of others.
///
/// On a mismatch the last such element takes one more, which is enough: what it takes never
/// has to become less.
fn wildcard<P, T>(pattern: &[P], text: &[T], is_any: impl Fn(&P) -> bool, equal: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(position)) {
            (None, None) => return true,
            (Some(element), _) if is_any(element) => {
                at += 1;
                retry = Some((at, position));
                continue;
            }
            (Some(element), Some(other)) if equal(element, other) => {
                (at, position) = (at + 1, position + 1);
                continue;
            }
            _ => {}
        }
        match retry {
            Some((after, taken)) if taken < text.len() => {
                (at, position) = (after, taken + 1);
                retry = Some((after, taken + 1));
            }
            _ => return false,
        }
    }
}

/// Replaces what differs between runs.
fn normalize(line: &str) -> String {
    let mut normalized = String::new();
    let mut rest = line.trim_end();
    while let Some(first) = rest.chars().next() {
        let after_word = normalized.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '.');
        let number = if after_word { "" } else { leading_number(rest) };
        let after_number = rest.get(number.len()..).unwrap_or_default();
        if number.len() == 4 && is_time(rest) {
            normalized.push_str("TIME");
            rest = rest.get(TIME.len()..).unwrap_or_default();
        } else if is_load_id(number) {
            normalized.push_str("LOAD_ID");
            rest = after_number;
        } else if !number.is_empty() && is_seconds(after_number) {
            normalized.push_str("0.00");
            rest = after_number;
        } else {
            // a run of these is as wide as the widest cell of a column
            let is_repeated = matches!(first, ' ' | '─' | '-') && normalized.ends_with(first);
            let is_indentation = first == ' ' && normalized.trim().is_empty();
            if !is_repeated || is_indentation {
                normalized.push(first);
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    normalized
}

fn leading_number(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// A time as programs write the present one; `0` is any digit. Times of data mostly have no microseconds.
const TIME: &str = "0000-00-00T00:00:00.000000";

/// Returns whether a text begins with a time.
fn is_time(text: &str) -> bool {
    let matches = |(c, expected): (char, char)| if expected == '0' { c.is_ascii_digit() } else { c == expected };
    text.get(..TIME.len()).is_some_and(|time| time.chars().zip(TIME.chars()).all(matches))
}

/// Returns whether a number is a load id, the seconds since 1970 with a fraction.
fn is_load_id(number: &str) -> bool {
    number.split_once('.').is_some_and(|(seconds, fraction)| seconds.len() == 10 && (1..=9).contains(&fraction.len()))
}

/// Returns whether the text after a number is the unit of seconds.
fn is_seconds(text: &str) -> bool {
    text.strip_prefix(" s").is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::{diff, matches};

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(expected: &str, actual: &str, is_match: bool) {
        assert_eq!(matches(&lines(expected), &lines(actual)), is_match, "{expected:?} {actual:?}");
    }

    #[test]
    fn equal_lines() {
        check("a\nb", "a\nb\n\n", true);
        check("", "", true);
        check("", "a", false);
        check("a", "", false);
        check("a\nb", "a\nc", false);
        check("a\n  b", "a\nb", false);
    }

    #[test]
    fn times_and_load_ids_are_normalized() {
        check("loaded in 0.25 s", "loaded in 12.5 s", true);
        check("loaded in 0.25 s", "loaded in 12.5 sets", false);
        check("package 1795431074.803856: loaded", "package 1795431075.8: loaded", true);
        check("ended 2026-11-27T19:39:35.643827+00:00", "ended 2027-01-02T03:04:05.000006+00:00", true);
        check("since 2024-01-01T00:00:00Z", "since 2025-01-01T00:00:00Z", false);
        check("version 1.25", "version 1.26", false);
        check("id 1795431074", "id 1795431075", false);
        check("a1795431074.8", "a1795431075.9", false);
    }

    #[test]
    fn widths_of_columns_are_normalized() {
        check("│  1 │ x │\n└────┘", "│ 1  │ x    │\n└──┘", true);
        check("    a  b", "    a    b", true);
    }

    #[test]
    fn row_counts_come_in_any_order() {
        check("loaded\n    a: 1 row\n    b: 2 rows\nend", "loaded\n    b: 2 rows\n    a: 1 row\nend", true);
        check("    a: 1 row\n    b: 2 rows", "    b: 2 rows\n    a: 2 rows", false);
        check("    a: 1 row\nend\n    b: 2 rows", "    b: 2 rows\nend\n    a: 1 row", false);
    }

    #[test]
    fn ellipsis_stands_for_text_and_lines() {
        check("a\n…\nd", "a\nb\nc\nd", true);
        check("a\n…\nd", "a\nd", true);
        check("…\nd", "a\nd\nd", true);
        check("…\nd\n…", "a\nc", false);
        check("a … c", "a b b c", true);
        check("a … c", "a b b", false);
        check("…", "", true);
    }

    #[test]
    fn diff_shows_both_sides() {
        assert_eq!(diff(&lines("a\nb\nd"), &lines("a\nc\nd\ne")), "    a\n  - b\n  + c\n    d\n  + e\n");
    }
}
