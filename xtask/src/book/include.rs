//! `{{#include FILE}}` in pages: parts of files, and the programs of `examples/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

const DIRECTIVES: &[&str] = &["{{#include ", "{{#rustdoc_include "];

/// An include of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Include<'a> {
    /// The directive as it is written.
    directive: &'a str,
    /// Path relative to the page's folder.
    path: &'a str,
    /// Name of a part of the file; lines such as `3:8` have none.
    anchor: Option<&'a str>,
    /// Line of the page, from 1.
    line: usize,
}

/// Finds the includes of a page.
pub(super) fn find(page: &str) -> Vec<Include<'_>> {
    let in_line = |(line, text)| DIRECTIVES.iter().filter_map(move |directive| read(text, directive, line));
    (1..).zip(page.lines()).flat_map(in_line).collect()
}

fn read<'a>(text: &'a str, directive: &str, line: usize) -> Option<Include<'a>> {
    let rest = text.get(text.find(directive)?..)?;
    let rest = rest.get(..rest.find("}}")? + 2)?;
    let argument = rest.strip_prefix(directive)?.strip_suffix("}}")?.trim();
    let (path, part) = argument.split_once(':').map_or((argument, None), |(path, part)| (path, Some(part)));
    let is_name = |part: &&str| !part.starts_with(|c: char| c.is_ascii_digit() || c == ':');
    Some(Include { directive: rest, path, anchor: part.filter(is_name), line })
}

/// Replaces the includes of a text from a page by what they include.
pub(super) fn expand(text: &str, page: &Path) -> Result<String> {
    let mut expanded = text.to_owned();
    for include in find(text) {
        let included = include.text(page)?;
        expanded = expanded.replace(include.directive, included.trim_end());
    }
    Ok(expanded)
}

/// Checks the includes of a page and adds the programs among them to `programs`.
pub(super) fn check(text: &str, page: &Path, examples: &[PathBuf], programs: &mut BTreeSet<PathBuf>) -> Vec<String> {
    let mut violations = Vec::new();
    for include in find(text) {
        let line = include.line;
        if let Err(error) = include.text(page) {
            violations.push(format!("{line}: {error:#}"));
            continue;
        }
        let Ok(file) = include.file(page).canonicalize() else { continue };
        if file.extension().is_some_and(|extension| extension == "rs") {
            if examples.contains(&file) {
                programs.insert(file);
            } else {
                violations.push(format!("{line}: {} is not an [[example]] or a [[test]] of examples/Cargo.toml", include.path));
            }
        }
    }
    violations
}

/// Returns the files of the examples and tests that `examples/Cargo.toml` declares.
pub(super) fn examples(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("examples");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).context("failed to read examples/Cargo.toml")?;
    let manifest: toml::Table = manifest.parse().context("examples/Cargo.toml")?;
    let targets = ["example", "test"].into_iter().filter_map(|kind| manifest.get(kind)?.as_array()).flatten();
    let paths = targets.filter_map(|target| target.get("path")?.as_str());
    Ok(paths.filter_map(|path| folder.join(path).canonicalize().ok()).collect())
}

impl Include<'_> {
    fn file(&self, page: &Path) -> PathBuf {
        page.parent().unwrap_or(page).join(self.path)
    }

    fn text(&self, page: &Path) -> Result<String> {
        let text = std::fs::read_to_string(self.file(page)).with_context(|| format!("failed to include {}", self.path))?;
        part(&text, self.anchor).with_context(|| format!("{}:{}", self.path, self.anchor.unwrap_or_default()))
    }
}

/// Returns the lines of an anchor, or of the whole text, without the comments that mark anchors.
fn part(text: &str, anchor: Option<&str>) -> Result<String> {
    let is_mark = |line: &str, mark: &str, name: Option<&str>| {
        let after = line.find(mark).and_then(|index| line.get(index + mark.len()..)).map(str::trim);
        after.is_some_and(|found| name.is_none_or(|name| found.split_whitespace().next() == Some(name)))
    };
    let mut part = String::new();
    let mut is_inside = anchor.is_none();
    let mut is_found = anchor.is_none();
    for line in text.lines() {
        if is_mark(line, "ANCHOR:", anchor) {
            (is_inside, is_found) = (true, true);
        } else if anchor.is_some() && is_mark(line, "ANCHOR_END:", anchor) {
            is_inside = false;
        } else if is_inside && !is_mark(line, "ANCHOR:", None) && !is_mark(line, "ANCHOR_END:", None) {
            part.push_str(line);
            part.push('\n');
        }
    }
    if !is_found {
        bail!("the file has no such anchor");
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use super::{Include, find, part};

    #[test]
    fn directives_of_a_page() {
        let page = "a\n{{#include ../a.rs}}\n{{#include b.rs:main}} {{#rustdoc_include c.rs:2:}}";
        let include = |directive, path, anchor, line| Include { directive, path, anchor, line };
        let expected = [
            include("{{#include ../a.rs}}", "../a.rs", None, 2),
            include("{{#include b.rs:main}}", "b.rs", Some("main"), 3),
            include("{{#rustdoc_include c.rs:2:}}", "c.rs", None, 3),
        ];
        assert_eq!(find(page), expected);
    }

    #[test]
    fn anchors_select_lines() {
        let text = "a\n// ANCHOR: one\nb\n// ANCHOR: two\nc\n// ANCHOR_END: two\nd\n// ANCHOR_END: one\ne\n";
        assert_eq!(part(text, Some("one")).unwrap(), "b\nc\nd\n");
        assert_eq!(part(text, Some("two")).unwrap(), "c\n");
        assert_eq!(part(text, None).unwrap(), "a\nb\nc\nd\ne\n");
        assert_eq!(part(text, Some("three")).unwrap_err().to_string(), "the file has no such anchor");
    }
}
