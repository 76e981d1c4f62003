//! Writes the outputs of commands into a page.

use super::compare::{is_any, line_matches, without_blank_end};
use super::page::Command;

/// Replaces the outputs of commands in a page, given in the page's order.
pub(super) fn rewrite(page: &str, outputs: &[(&Command, Vec<String>)]) -> String {
    let mut rewritten = String::new();
    let mut outputs = outputs.iter().peekable();
    let mut lines = page.lines().enumerate().peekable();
    loop {
        let number = lines.peek().map_or(usize::MAX, |(number, _)| *number);
        if let Some((command, output)) = outputs.next_if(|(command, _)| command.output.start == number) {
            let indent = " ".repeat(command.indent);
            for line in output {
                rewritten.push_str(format!("{indent}{line}").trim_end());
                rewritten.push('\n');
            }
            while lines.next_if(|(number, _)| command.output.contains(number)).is_some() {}
            continue;
        }
        let Some((_, line)) = lines.next() else { return rewritten };
        rewritten.push_str(line);
        rewritten.push('\n');
    }
}

/// Returns the new output of a command: the actual one, with the parts of the expected one that still
/// hold, such as `…` and the seconds of an earlier run.
pub(super) fn output(expected: &[String], actual: &[String]) -> Vec<String> {
    let (expected, actual) = (without_blank_end(expected), without_blank_end(actual));
    let shortened = shorten(expected, actual).unwrap_or_else(|| actual.to_vec());
    let mut rest = expected;
    let mut lines = Vec::new();
    for line in shortened {
        let same = rest.iter().position(|old| if is_any(old) { is_any(&line) } else { line_matches(old, &line) });
        match same.and_then(|index| rest.get(index..)?.split_first()) {
            Some((old, after)) => {
                lines.push(old.clone());
                rest = after;
            }
            None => lines.push(line),
        }
    }
    lines
}

/// Replaces parts of the actual output by `…` as in the expected one; nothing if the lines
/// beside a `…` are no longer there.
fn shorten(expected: &[String], actual: &[String]) -> Option<Vec<String>> {
    let mut shortened = Vec::new();
    let mut rest = actual;
    for (index, line) in expected.iter().enumerate().filter(|(_, line)| is_any(line)) {
        let before = index.checked_sub(1).and_then(|index| expected.get(index));
        let start = match before {
            Some(before) => rest.iter().position(|line| line_matches(before, line))? + 1,
            None => 0,
        };
        let (kept, after_start) = rest.split_at_checked(start)?;
        let end = match expected.get(index + 1) {
            Some(after) => after_start.iter().position(|line| line_matches(after, line))?,
            None => after_start.len(),
        };
        shortened.extend_from_slice(kept);
        shortened.push(line.clone());
        rest = after_start.get(end..)?;
    }
    shortened.extend_from_slice(rest);
    Some(shortened)
}

#[cfg(test)]
mod tests {
    use super::super::page::{Block, parse};
    use super::{output, rewrite};

    #[track_caller]
    fn check(expected: &str, actual: &str, updated: &str) {
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(output(&lines(expected), &lines(actual)).join(" "), updated);
    }

    #[test]
    fn ellipses_stay_between_the_same_lines() {
        check("a … d e", "a b c d f", "a … d f");
        check("a …", "a b c", "a …");
        check("… d", "a b d e", "… d e");
        check("a … d", "b c d", "b c d");
        check("a-… d", "a-b c", "a-… c");
        check("a b", "c", "c");
    }

    #[test]
    fn outputs_are_replaced_in_place() {
        let page = "```console\n$ one\nout\n$ two\n```\n\n- a\n\n  ```console\n  $ three\n  out\n  ```\n";
        let blocks = parse(page).unwrap();
        let outputs: Vec<_> = blocks
            .iter()
            .filter_map(|block| if let Block::Command(command) = block { Some(command) } else { None })
            .zip([vec!["1".to_owned(), "2".to_owned()], vec!["3".to_owned()]])
            .collect();
        let expected = "```console\n$ one\n1\n2\n$ two\n3\n```\n\n- a\n\n  ```console\n  $ three\n  out\n  ```\n";
        assert_eq!(rewrite(page, &outputs), expected);
    }
}
