//! `cargo xtask tidy`: the rules of this repository that the compiler does not know.
//!
//! Each check is a pure function from text (or from the list of crates) to complaints, in a
//! module of its own; this module reads the files and prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that people run in a terminal")]

mod arrows;
mod external;
mod lib_rs;
mod manifest;
mod member;
mod names;
mod size;
mod text;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Runs every check, prints all complaints, and fails if there is one.
pub(crate) fn run() -> Result<()> {
    let metadata = process::workspace()?;
    let members = member::members(&metadata);
    let root = metadata.workspace_root.as_std_path();

    let mut complaints = arrows::check(&members);
    complaints.extend(external::check(&members));
    let files = repository_files(root)?;
    for file in &files {
        complaints.extend(names::check(file));
        if let Some(content) = read_text(root, file)? {
            complaints.extend(check_content(file, &content));
        }
    }

    for complaint in &complaints {
        eprintln!("tidy: {complaint}");
    }
    match complaints.len() {
        0 => {
            let (members, files) = (members.len(), files.len());
            println!("tidy: {members} crates and {files} files are in order");
            Ok(())
        }
        1 => bail!("tidy has one complaint, see above"),
        count => bail!("tidy has {count} complaints, see above"),
    }
}

/// The checks that a file gets depend on its path alone.
fn check_content(file: &str, content: &str) -> Vec<String> {
    let mut complaints = text::check(file, content);
    if file.ends_with(".rs") {
        complaints.extend(size::check(file, content));
    }
    if file.ends_with("src/lib.rs") {
        complaints.extend(lib_rs::check(file, content));
    }
    if file == "Cargo.toml" {
        complaints.extend(manifest::check_workspace(file, content));
    } else if file.ends_with("/Cargo.toml") {
        complaints.extend(manifest::check_member(file, content));
    }
    complaints
}

/// What git tracks and what it would track after `git add`, so that a new file is checked
/// before it is committed.
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

/// The text of a file; nothing if it is binary, or deleted but not yet so in git's index.
fn read_text(root: &Path, file: &str) -> Result<Option<String>> {
    let path = root.join(file);
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = std::fs::read(&path).with_context(|| format!("failed to read {file}"))?;
    Ok(String::from_utf8(bytes).ok())
}
