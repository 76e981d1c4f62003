//! Links between pages and the anchors that they point to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::page::prose;

/// The pages of the book: paths relative to its folder, and texts.
pub(super) type Pages = BTreeMap<PathBuf, String>;

/// Returns violations about the relative links of a page.
///
/// A link to a page of `planned` that does not exist is accepted.
pub(super) fn check(page: &Path, pages: &Pages, planned: &BTreeSet<PathBuf>) -> Vec<String> {
    let text = pages.get(page).map_or("", String::as_str);
    let mut violations = Vec::new();
    for (line, target) in targets(text) {
        let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
        let path = if path.is_empty() { page.to_owned() } else { resolve(page, path) };
        match pages.get(&path) {
            None if planned.contains(&path) => {}
            None => violations.push(format!("{line}: the link {target} does not lead to a page of the book")),
            Some(other) => {
                if anchor.is_some_and(|anchor| !anchors(other).contains(anchor)) {
                    violations.push(format!("{line}: {} has no heading for the link {target}", path.display()));
                }
            }
        }
    }
    violations
}

/// Returns the pages that SUMMARY.md links.
pub(super) fn listed(summary: &str) -> BTreeSet<PathBuf> {
    targets(summary).into_iter().map(|(_, target)| PathBuf::from(target)).collect()
}

/// Returns the targets of links inside the book, with their lines.
fn targets(page: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    for (line, text) in prose(page) {
        let definition = text.trim_start().strip_prefix('[').and_then(|text| text.split_once("]: ")).map(|(_, target)| target);
        let inline = text.match_indices("](").filter(|(index, _)| !is_in_code(text, *index)).filter_map(|(index, mark)| {
            let target = text.get(index + mark.len()..)?;
            target.get(..target.find(')')?)
        });
        let found = inline.chain(definition).filter_map(|target| target.split_whitespace().next());
        targets.extend(
            found.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).map(|target| (line, target)),
        );
    }
    targets
}

/// Returns whether a position of a line is inside `inline code`.
fn is_in_code(line: &str, index: usize) -> bool {
    line.get(..index).is_some_and(|before| before.matches('`').count() % 2 == 1)
}

/// Returns the path of a link, relative to the folder of the book.
fn resolve(page: &Path, link: &str) -> PathBuf {
    let mut path = page.parent().map(Path::to_owned).unwrap_or_default();
    for component in Path::new(link).components() {
        match component {
            Component::CurDir => {}
            // a link out of the book stays one, and leads to no page
            Component::ParentDir if path.as_os_str().is_empty() || path.ends_with("..") => path.push(".."),
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
    }
    path
}

/// Returns the ids of a page's headings, by the rules of mdBook, and of its HTML elements.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut counts = BTreeMap::new();
    for (_, line) in prose(page) {
        for (index, mark) in line.match_indices("id=\"") {
            let id = line.get(index + mark.len()..).and_then(|rest| rest.split('"').next());
            anchors.extend(id.map(str::to_owned));
        }
        let title = line.trim_start_matches('#');
        let level = line.len().saturating_sub(title.len());
        if !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let own = title.rsplit_once("{#").and_then(|(_, id)| id.trim_end().strip_suffix('}'));
        let id = own.map_or_else(|| heading_id(title), str::to_owned);
        let count = counts.entry(id.clone()).or_insert(0);
        anchors.insert(if *count == 0 { id } else { format!("{id}-{count}") });
        *count += 1;
    }
    anchors
}

/// Returns the id of a heading: lowercase letters, digits, `_` and `-`, with `-` for spaces.
fn heading_id(title: &str) -> String {
    let keep = |c: char| match c {
        ' ' | '\t' => Some('-'),
        '_' | '-' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    without_targets(title.trim()).chars().filter_map(keep).collect()
}

/// Returns a heading with the texts of its links in place of the links.
fn without_targets(title: &str) -> String {
    let mut text = String::new();
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::{Pages, anchors, check, listed, targets};
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn links_of_a_page() {
        let page = "[a](b.md#c) and [d](https://example.com), `[e](f.md)`\n[g]: h.md \"title\"\n```\n[i](j.md)\n```";
        assert_eq!(targets(page), [(1, "b.md#c"), (2, "h.md")]);
    }

    #[test]
    fn ids_of_headings() {
        let page = "# Load an API\n## `--select <NAME>`: rows\n## A\n## A\n## See [x_y](z.md) {#own}\n## See [x_y](z.md)\n\
                    #no\n<a id=\"html\"></a>";
        let expected = ["load-an-api", "--select-name-rows", "a", "a-1", "own", "see-x_y", "html"];
        assert_eq!(anchors(page), expected.into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn links_lead_to_pages_and_headings() {
        #[track_caller]
        fn check_link(link: &str, expected: &str) {
            let page = ("how-to/a.md".into(), format!("# A\n[x]({link})\n"));
            let pages = Pages::from([page, ("reference/b.md".into(), "# B\n## C d\n".to_owned())]);
            let planned = BTreeSet::from(["how-to/planned.md".into()]);
            assert_eq!(check(Path::new("how-to/a.md"), &pages, &planned).join("\n"), expected);
        }
        check_link("../reference/b.md", "");
        check_link("../reference/b.md#c-d", "");
        check_link("#a", "");
        check_link("planned.md#any", "");
        check_link("../reference/b.md#e", "2: reference/b.md has no heading for the link ../reference/b.md#e");
        check_link("c.md", "2: the link c.md does not lead to a page of the book");
        check_link("../../README.md", "2: the link ../../README.md does not lead to a page of the book");
    }

    #[test]
    fn pages_of_the_summary() {
        let expected = ["introduction.md".into(), "how-to/a.md".into()];
        assert_eq!(listed("[Introduction](introduction.md)\n\n# How-to\n- [A](how-to/a.md)\n"), BTreeSet::from(expected));
    }
}
