//! `cargo xtask tidy`: checks the rules of this repository.
//!
//! Each check is a module with a pure function from text (or from the list of crates) to violations; this
//! module reads the files and prints the violations.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "prints to the terminal")]

mod commit_subjects;
mod external_dependencies;
mod file_length;
mod file_names;
mod forbidden_text;
mod layers;
mod lib_rs;
mod manifest;
mod member;
mod wording;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// The page that lists the rejected phrases. It is not checked itself.
const STYLE: &str = "STYLE.md";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Check the subjects of the commits since this revision [default: the upstream branch, if there is one]
    #[arg(long, value_name = "REVISION")]
    base: Option<String>,
}

/// Runs the checks as CI does.
pub(crate) fn run_all() -> Result<()> {
    run(&Args { base: None })
}

/// Runs every check, prints all violations, and fails if there is one.
pub(crate) fn run(args: &Args) -> Result<()> {
    let metadata = process::workspace()?;
    let members = member::members(&metadata);
    let root = metadata.workspace_root.as_std_path();

    let mut violations = layers::check(&members);
    violations.extend(external_dependencies::check(&members));
    let style = read_text(root, STYLE)?.with_context(|| format!("{STYLE} is missing"))?;
    let phrases = wording::rejected_phrases(&style);
    let files = repository_files(root)?;
    for file in &files {
        violations.extend(file_names::check(file));
        if let Some(content) = read_text(root, file)? {
            violations.extend(check_content(file, &content));
            if file != STYLE {
                violations.extend(wording::check(file, &content, &phrases));
            }
        }
    }
    let subjects = commit_subjects::subjects(root, args.base.as_deref());
    violations.extend(subjects.iter().filter_map(|subject| commit_subjects::check(subject, &members)));

    for violation in &violations {
        eprintln!("tidy: {violation}");
    }
    match violations.len() {
        0 => {
            let (members, files) = (members.len(), files.len());
            println!("tidy: no violations in {members} crates and {files} files");
            Ok(())
        }
        1 => bail!("tidy found 1 violation, see above"),
        count => bail!("tidy found {count} violations, see above"),
    }
}

/// Runs the checks of a file, which are selected by its path.
fn check_content(file: &str, content: &str) -> Vec<String> {
    let mut violations = forbidden_text::check(file, content);
    if file.ends_with(".rs") {
        violations.extend(file_length::check(file, content));
    }
    if file.ends_with("src/lib.rs") {
        violations.extend(lib_rs::check(file, content));
    }
    if file == "Cargo.toml" {
        violations.extend(manifest::check_workspace(file, content));
    } else if file.ends_with("/Cargo.toml") {
        violations.extend(manifest::check_member(file, content));
    }
    violations
}

/// Lists tracked files and untracked files that are not ignored, so that new files are checked before they
/// are committed.
fn repository_files(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others"])
        .args(["--exclude-standard", "--deduplicate"])
        .current_dir(root)
        .output()
        .context("failed to start `git ls-files`")?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("`git ls-files` failed: {}", message.trim());
    }
    let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}

/// Reads the text of a file. Returns `None` if it is binary, or deleted but still in git's index.
fn read_text(root: &Path, file: &str) -> Result<Option<String>> {
    let path = root.join(file);
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(&path).with_context(|| format!("failed to read {file}"))?;
    Ok(String::from_utf8(bytes).ok())
}
