//! The blocks of a page that the runner acts on: files to write and commands to run.

use std::ops::Range;

use anyhow::{Result, bail};

/// A fenced block of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A block with `file=PATH`: the runner writes its text to that file.
    File {
        /// Path in the page's working folder.
        path: String,
        /// Text of the block.
        text: String,
        /// Line of the fence, from 1.
        line: usize,
    },
    /// A command of a `console` block.
    Command(Command),
}

/// A command with the output that the page shows for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// The command, continued lines included.
    pub(super) text: String,
    /// Line of the prompt, from 1.
    pub(super) line: usize,
    /// Exit code that the block announces.
    pub(super) exit: i32,
    /// Lines of output without the indentation of the block.
    pub(super) expected: Vec<String>,
    /// Lines of the page that hold the output, from 0.
    pub(super) output: Range<usize>,
    /// Width of the block's indentation, for blocks in lists.
    pub(super) indent: usize,
}

/// An opening fence.
struct Fence<'a> {
    indent: usize,
    marker: &'a str,
    info: &'a str,
}

/// Parses the blocks of a page, in their order.
pub(super) fn parse(page: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((line, text)) = lines.next() {
        let Some(fence) = opening_fence(text) else { continue };
        let mut body = Vec::new();
        loop {
            let Some((_, text)) = lines.next() else { bail!("line {line}: the code block is not closed") };
            if closes(text, &fence) {
                break;
            }
            body.push(without_indent(text, fence.indent));
        }
        read_block(&fence, line, &body, &mut blocks)?;
    }
    Ok(blocks)
}

/// Returns the lines of a page outside of code blocks, with their numbers from 1.
pub(super) fn prose(page: &str) -> Vec<(usize, &str)> {
    let mut prose = Vec::new();
    let mut open: Option<Fence<'_>> = None;
    for (line, text) in (1..).zip(page.lines()) {
        match &open {
            Some(fence) if closes(text, fence) => open = None,
            Some(_) => {}
            None => match opening_fence(text) {
                Some(fence) => open = Some(fence),
                None => prose.push((line, text)),
            },
        }
    }
    prose
}

fn opening_fence(line: &str) -> Option<Fence<'_>> {
    let trimmed = line.trim_start();
    let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = trimmed.trim_start_matches(mark);
    let width = trimmed.len().checked_sub(info.len()).filter(|width| *width >= 3)?;
    let indent = line.len().saturating_sub(trimmed.len());
    // a line such as ```code``` is inline code
    (!info.contains('`')).then_some(Fence { indent, marker: trimmed.get(..width)?, info: info.trim() })
}

fn closes(line: &str, fence: &Fence<'_>) -> bool {
    let line = line.trim();
    line.starts_with(fence.marker) && fence.marker.chars().next().is_some_and(|mark| line.chars().all(|c| c == mark))
}

fn without_indent(line: &str, indent: usize) -> &str {
    let spaces = line.len().saturating_sub(line.trim_start_matches(' ').len());
    line.get(spaces.min(indent)..).unwrap_or(line)
}

fn read_block(fence: &Fence<'_>, line: usize, body: &[&str], blocks: &mut Vec<Block>) -> Result<()> {
    let mut attributes = fence.info.split(',').map(str::trim);
    let is_console = attributes.next() == Some("console");
    let mut exit = 0;
    let mut is_ignored = false;
    for attribute in attributes {
        match attribute.split_once('=') {
            Some(("file", path)) if !is_console => {
                let mut text = body.join("\n");
                text.push('\n');
                blocks.push(Block::File { path: path.to_owned(), text, line });
            }
            Some(("exit", code)) if is_console => match code.parse() {
                Ok(code) => exit = code,
                Err(_) => bail!("line {line}: `{attribute}` is not an exit code"),
            },
            None if is_console && attribute == "ignore" => is_ignored = true,
            _ if is_console => {
                bail!("line {line}: `{attribute}` is not an attribute of a console block: use exit=CODE or ignore")
            }
            _ => {}
        }
    }
    if is_console && !is_ignored {
        blocks.extend(read_commands(fence.indent, line, body, exit)?.into_iter().map(Block::Command));
    }
    Ok(())
}

/// Reads the commands of a console block whose fence is on `line`.
fn read_commands(indent: usize, line: usize, body: &[&str], exit: i32) -> Result<Vec<Command>> {
    let mut commands: Vec<Command> = Vec::new();
    // the index of a line of the page is the number of the line above it
    for (index, text) in (line..).zip(body) {
        if let Some(text) = text.strip_prefix("$ ") {
            let output = index + 1..index + 1;
            commands.push(Command { text: text.to_owned(), line: index + 1, exit, expected: Vec::new(), output, indent });
            continue;
        }
        let Some(command) = commands.last_mut() else {
            bail!("line {}: a console block begins with a command, `$ …`", index + 1)
        };
        let is_continued = command.expected.is_empty() && command.text.ends_with('\\');
        match text.strip_prefix("> ").filter(|_| is_continued) {
            Some(more) => {
                command.text.push('\n');
                command.text.push_str(more);
                command.output = index + 1..index + 1;
            }
            None => {
                command.expected.push((*text).to_owned());
                command.output.end = index + 1;
            }
        }
    }
    Ok(commands)
}

#[cfg(test)]
mod tests {
    use super::{Block, Command, parse, prose};

    fn command(text: &str, line: usize, exit: i32, expected: &[&str], indent: usize) -> Block {
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        let start = line + text.matches('\n').count();
        Block::Command(Command { text: text.to_owned(), line, exit, output: start..start + expected.len(), expected, indent })
    }

    #[test]
    fn files_and_commands_in_order() {
        let page = "# Title\n\n```yaml,file=a.yaml\nname: a\n```\n\n```console\n$ one\nout 1\nout 2\n$ two\n```\n";
        let file = Block::File { path: "a.yaml".to_owned(), text: "name: a\n".to_owned(), line: 3 };
        let expected = [file, command("one", 8, 0, &["out 1", "out 2"], 0), command("two", 11, 0, &[], 0)];
        assert_eq!(parse(page).unwrap(), expected);
    }

    #[test]
    fn attributes_of_console_blocks() {
        assert_eq!(parse("```console,exit=1\n$ false\n```").unwrap(), [command("false", 2, 1, &[], 0)]);
        assert_eq!(parse("```console,ignore\n$ false\n```").unwrap(), []);
        let error = parse("```console,exit=x\n$ false\n```").unwrap_err();
        assert_eq!(error.to_string(), "line 1: `exit=x` is not an exit code");
        assert!(parse("```console,file=a\n```").is_err());
    }

    #[test]
    fn continued_commands() {
        let page = "```console\n$ one \\\n>   two\n> three\n```";
        assert_eq!(parse(page).unwrap(), [command("one \\\n  two", 2, 0, &["> three"], 0)]);
    }

    #[test]
    fn blocks_in_lists_lose_their_indentation() {
        let page = "1. Run:\n\n   ```console\n   $ one\n     out\n   ```";
        assert_eq!(parse(page).unwrap(), [command("one", 4, 0, &["  out"], 3)]);
    }

    #[test]
    fn other_blocks_are_only_read() {
        assert_eq!(parse("```yaml\na: 1\n```\n~~~~\n```\n~~~~\n```rust,editable\n```").unwrap(), []);
    }

    #[test]
    fn mistakes() {
        assert_eq!(parse("\n```yaml\na: 1").unwrap_err().to_string(), "line 2: the code block is not closed");
        let error = parse("```console\nout\n```").unwrap_err().to_string();
        assert_eq!(error, "line 2: a console block begins with a command, `$ …`");
    }

    #[test]
    fn prose_has_no_code() {
        assert_eq!(prose("a\n```\nb\n```\nc"), [(1, "a"), (5, "c")]);
    }
}
