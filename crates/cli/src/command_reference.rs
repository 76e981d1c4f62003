//! Generates the sections of commands in `docs/src/reference/cli.md` from the clap definitions.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use crate::args::Cli;
use crate::generated_page::assert_current;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/cli.md");
const END: &str = "<!-- end -->";

/// Returns the section of a command: its description, usage, arguments and subcommands.
fn section(command: &mut Command) -> String {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let mut text = format!("\n{}.\n\n```text\n{usage}\n```\n\n", about.trim_end_matches('.'));
    // Writing to a `String` cannot fail.
    let arguments: Vec<_> = command.get_arguments().filter(|argument| !argument.is_hide_set() && !is_help(argument)).collect();
    if !arguments.is_empty() {
        let _ = writeln!(text, "| argument | values | default | meaning |\n|---|---|---|---|");
    }
    for argument in arguments {
        let meaning = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
        let (meaning, default) = split_default(&meaning);
        let default = match argument.get_default_values() {
            [] if argument.is_required_set() => "required".to_owned(),
            values if values.is_empty() || !argument.get_action().takes_values() => default.to_owned(),
            values => values.iter().map(|value| format!("`{}`", value.to_string_lossy())).collect::<Vec<_>>().join(", "),
        };
        let values = values(argument);
        let meaning = format!("{}.", meaning.trim_end_matches('.'));
        let _ = writeln!(text, "| {} | {} | {} | {} |", name(argument), escape(&values), escape(&default), escape(&meaning));
    }
    let subcommands: Vec<_> = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help").collect();
    if !subcommands.is_empty() {
        let _ = writeln!(text, "| command | meaning |\n|---|---|");
    }
    for subcommand in subcommands {
        let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {}. |", subcommand.get_name(), escape(about.trim_end_matches('.')));
    }
    text + "\n"
}

fn is_help(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version)
}

/// Splits `The dataset [default: NAME]` into a description and a default.
fn split_default(help: &str) -> (String, &str) {
    match help.split_once(" [default: ").and_then(|(before, rest)| Some((before, rest.split_once(']')?))) {
        Some((before, (default, after))) => (format!("{before}{after}"), default),
        None => (help.to_owned(), ""),
    }
}

fn name(argument: &Arg) -> String {
    match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("`-{short}`, `--{long}`"),
        (None, Some(long)) => format!("`--{long}`"),
        _ => placeholders(argument).iter().map(|name| format!("`<{name}>`")).collect::<Vec<_>>().join(" "),
    }
}

fn placeholders(argument: &Arg) -> Vec<String> {
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { vec![argument.get_id().as_str().to_uppercase()] } else { names }
}

/// Returns the possible values of an argument, else its placeholder.
fn values(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let possible = argument.get_possible_values();
    let describe = |value: &clap::builder::PossibleValue| match value.get_help() {
        Some(help) => format!("`{}`: {}", value.get_name(), help.to_string().trim_end_matches('.')),
        None => format!("`{}`", value.get_name()),
    };
    let possible: Vec<_> = possible.iter().map(describe).collect();
    let separator = if possible.iter().any(|value| value.contains(": ")) { "<br>" } else { ", " };
    match (possible.is_empty(), argument.get_long()) {
        (false, _) => possible.join(separator),
        (true, Some(_)) => format!("`{}`", placeholders(argument).join(" ")),
        (true, None) => String::new(),
    }
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Finds the command with a full name such as `catchment config explain`.
fn find<'c>(root: &'c mut Command, name: &str) -> &'c mut Command {
    let find_in = |command: &'c mut Command, name: &str| command.find_subcommand_mut(name).expect("a command of that name");
    name.split(' ').skip(1).fold(root, find_in)
}

/// Returns the full names of a command and its subcommands.
fn names(command: &Command, name: &str) -> Vec<String> {
    let names_of = |subcommand: &Command| names(subcommand, &format!("{name} {}", subcommand.get_name()));
    let subcommands = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help").flat_map(names_of);
    std::iter::once(name.to_owned()).chain(subcommands).collect()
}

#[test]
fn sections_of_the_reference_are_current() {
    let mut root = Cli::command().bin_name("catchment");
    root.build();
    let mut expected = names(&root, "catchment");
    let page = std::fs::read_to_string(PATH).unwrap();
    let mut parts = page.split("<!-- generated: ");
    let mut current = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(" -->\n").expect("the name of a command");
        let (_, rest) = rest.split_once(END).expect(END);
        expected.retain(|other| other != name);
        let _ = write!(current, "<!-- generated: {name} -->\n{}{END}{rest}", section(find(&mut root, name)));
    }
    assert!(expected.is_empty(), "cli.md has no sections of {expected:?}: add `<!-- generated: NAME -->` and `{END}`");
    assert_current(PATH, &page, &current);
}
