//! `cargo xtask book`: runs the commands of the book in `docs/` and compares their outputs.
//!
//! Each page runs in a separate bash session in an empty folder, with loopback servers instead of
//! the hosts of `docs/fixtures`. CONTRIBUTING.md describes the blocks that a page can have.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that people run in a terminal")]

mod compare;
mod fixture;
mod html;
mod include;
mod links;
mod page;
mod server;
mod session;
mod update;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process;
use links::Pages;
use page::{Block, Command};
use server::Fixtures;
use session::{Outcome, Programs};

/// Arguments of `cargo xtask book`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pages to run, such as `how-to/pagination.md`; all by default
    pages: Vec<String>,
    /// Write the outputs of commands into the pages where they differ
    #[arg(long)]
    update: bool,
    /// The `catchment` to run; built by default
    #[arg(long, value_name = "PATH")]
    catchment: Option<PathBuf>,
}

const SUMMARY: &str = "SUMMARY.md";

/// Runs with the pages of the book. It is not part of the book, so its links are not checked.
const README: &str = "README.md";

/// The variable that names a Python with the package duckdb.
const PYTHON: &str = "CATCHMENT_PYTHON";

/// Checks and runs the pages, and fails if one of them has an error.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = process::root()?;
    let book = root.join("docs/src");
    let pages = read_pages(&book, &book)?;
    let summary = pages.get(Path::new(SUMMARY)).context("docs/src/SUMMARY.md is missing")?;
    let listed = links::listed(summary);
    let selected = select(&pages, &args.pages)?;
    let programs = Programs { catchment: catchment(args)?, python: python() };
    let fixtures = Fixtures::read(&root.join("docs/fixtures"))?;
    let examples = include::examples(&root)?;

    let (mut violations, mut commands, mut included) = (Vec::new(), 0, BTreeSet::new());
    let is_whole = args.pages.is_empty();
    if is_whole {
        violations.extend(check_summary(&listed, &pages));
    }
    let planned = if is_whole { BTreeSet::new() } else { listed };
    let mut run = |name: &str, text: &str, file: &Path, mut found: Vec<String>| {
        match run_page(text, file, &fixtures, &programs, args.update) {
            Ok(run) => {
                commands += run.commands;
                found.extend(run.violations);
            }
            Err(error) => found.push(format!("1: {error:#}")),
        }
        eprintln!("book: {name} {}", if found.is_empty() { "ok" } else { "FAILED" });
        violations.extend(found.into_iter().map(|violation| format!("{name}:{violation}")));
    };
    for page in &selected {
        let file = book.join(page);
        let text = pages.get(page).map_or("", String::as_str);
        let mut found = links::check(page, &pages, &planned);
        found.extend(include::check(text, &file, &examples, &mut included));
        run(&page.display().to_string(), text, &file, found);
    }
    if is_whole {
        let file = root.join(README);
        let text = fs::read_to_string(&file).context("failed to read README.md")?;
        run(README, &text, &file, Vec::new());
        html::build(&root.join("docs"))?;
    }

    for violation in &violations {
        eprintln!("\n{violation}");
    }
    println!("book: {} pages, {commands} commands, {} programs", selected.len(), included.len());
    match violations.len() {
        0 => Ok(()),
        1 => bail!("the book has an error, see above"),
        count => bail!("the book has {count} errors, see above"),
    }
}

/// Checks and runs all pages.
pub(crate) fn run_all() -> Result<()> {
    if std::env::var_os(PYTHON).is_none() && !process::is_ci() {
        eprintln!("SKIPPED: {PYTHON} is not set, so the book was NOT checked; it is a Python that has the package duckdb");
        return Ok(());
    }
    run(&Args { pages: Vec::new(), update: false, catchment: None })
}

/// The result of running a page.
struct PageRun {
    commands: usize,
    violations: Vec<String>,
}

fn run_page(text: &str, file: &Path, fixtures: &Fixtures, programs: &Programs, update: bool) -> Result<PageRun> {
    let mut blocks = page::parse(text)?;
    for block in &mut blocks {
        if let Block::File { text, line, .. } = block {
            *text = include::expand(text, file).with_context(|| format!("line {line}"))?;
        }
    }
    let has_commands = blocks.iter().any(|block| matches!(block, Block::Command(_)));
    if !has_commands {
        return Ok(PageRun { commands: 0, violations: Vec::new() });
    }
    let servers = fixtures.serve()?;
    let outcomes = session::run(&blocks, &servers.hosts, programs)?;
    let ran: Vec<(&Command, &Outcome)> = blocks
        .iter()
        .zip(&outcomes)
        .filter_map(|(block, outcome)| if let Block::Command(command) = block { Some((command, outcome)) } else { None })
        .collect();
    let mut violations: Vec<String> = ran.iter().filter_map(|(command, outcome)| exit_violation(command, outcome)).collect();
    let different: Vec<_> =
        ran.iter().filter(|(command, outcome)| !compare::matches(&command.expected, &outcome.lines)).collect();
    if update && violations.is_empty() {
        let updated = different.iter().map(|(command, outcome)| (*command, update::output(&command.expected, &outcome.lines)));
        let updated: Vec<_> = updated.collect();
        if !updated.is_empty() {
            fs::write(file, update::rewrite(text, &updated))?;
        }
    } else {
        violations.extend(different.iter().map(|(command, outcome)| output_violation(command, outcome)));
    }
    Ok(PageRun { commands: ran.len(), violations })
}

fn exit_violation(command: &Command, outcome: &Outcome) -> Option<String> {
    let Command { line, text, exit, .. } = command;
    match outcome.exit {
        Some(code) if code == *exit => None,
        Some(code) => {
            let output = outcome.lines.join("\n    ");
            Some(format!("{line}: `{text}` exited with {code}, the page expects {exit}\n    {output}"))
        }
        None => Some(format!("{line}: `{text}` did not end, or ended the session")),
    }
}

fn output_violation(command: &Command, outcome: &Outcome) -> String {
    let Command { line, text, expected, .. } = command;
    format!("{line}: the output of `{text}` differs\n{}", compare::diff(expected, &outcome.lines).trim_end())
}

/// Reads every page below a folder of the book.
fn read_pages(folder: &Path, book: &Path) -> Result<Pages> {
    let mut pages = Pages::new();
    for entry in folder.read_dir().with_context(|| format!("failed to read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            pages.extend(read_pages(&path, book)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
            pages.insert(path.strip_prefix(book)?.to_owned(), text);
        }
    }
    Ok(pages)
}

/// Returns the pages that the arguments name, or all.
fn select(pages: &Pages, names: &[String]) -> Result<BTreeSet<PathBuf>> {
    let all = || pages.keys().filter(|page| *page != Path::new(SUMMARY));
    if names.is_empty() {
        return Ok(all().cloned().collect());
    }
    let find = |name: &String| {
        let name = name.strip_suffix(".md").unwrap_or(name);
        let name = name.rsplit_once("docs/src/").map_or(name, |(_, name)| name);
        let page = all().find(|page| page.with_extension("").ends_with(name));
        page.cloned().with_context(|| format!("there is no page docs/src/{name}.md"))
    };
    names.iter().map(find).collect()
}

/// Returns violations about pages that SUMMARY.md does not list, or lists without a file.
fn check_summary(listed: &BTreeSet<PathBuf>, pages: &Pages) -> Vec<String> {
    let unlisted = pages.keys().filter(|page| *page != Path::new(SUMMARY) && !listed.contains(*page));
    let missing = listed.iter().filter(|page| !pages.contains_key(*page));
    unlisted
        .map(|page| format!("{SUMMARY}: {} is not listed", page.display()))
        .chain(missing.map(|page| format!("{SUMMARY}: {} does not exist", page.display())))
        .collect()
}

fn catchment(args: &Args) -> Result<PathBuf> {
    let binary = match &args.catchment {
        Some(path) => path.clone(),
        None => {
            // built as for the tests: of fewer crates, dependencies would have other features, and be compiled anew
            let messages = process::cargo_messages(process::cargo().args(["build", "--workspace", "--bins", "--examples"]))?;
            process::executable(&messages, "catchment")?
        }
    };
    binary.canonicalize().with_context(|| format!("failed to find {}", binary.display()))
}

/// Returns the Python of the command `duckdb`: the one that the variable names, the one that `.ci/run` makes, or `python3`.
fn python() -> String {
    let of_ci = || {
        let python = Path::new(&std::env::var_os("HOME")?).join(".cache/catchment/python/bin/python");
        python.exists().then(|| python.to_string_lossy().into_owned())
    };
    std::env::var(PYTHON).ok().or_else(of_ci).unwrap_or_else(|| "python3".to_owned())
}
