//! Picking values out of documents.

use thiserror::Error;

use crate::node::{Kind, Node};

/// A JSONPath: `$`, `data.items`, `$.data[0].id`, `rows[*].id`, `['a.b'].c`.
///
/// Steps are keys, quoted keys, indices from 0, and the wildcard `*` for every element or member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    Every,
}

/// A path that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot read the path {path:?}: {problem}; write it like `data.items`, `$.data[0].id` or `['a.b'].c`")]
pub struct PathError {
    /// The path.
    pub path: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// Where it is not one, or uses a step that is not supported (`..`, filters, slices).
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let error = |problem| PathError { path: text.to_owned(), problem };
        let mut steps = Vec::new();
        let mut rest = text.trim();
        if let Some(after) = rest.strip_prefix('$') {
            if !(after.is_empty() || after.starts_with(['.', '['])) {
                return Err(error("`.` or `[` must follow `$`"));
            }
            rest = after;
        } else if rest.is_empty() {
            return Err(error("it is empty"));
        } else if !rest.starts_with('[') {
            rest = key(rest, &mut steps).ok_or_else(|| error("a key is missing"))?;
        }
        while !rest.is_empty() {
            rest = match rest.strip_prefix('.') {
                Some(after) if after.starts_with('.') => return Err(error("`..` is not supported")),
                Some(after) => key(after, &mut steps).ok_or_else(|| error("a key is missing after `.`"))?,
                None => bracket(rest, &mut steps).map_err(error)?,
            };
        }
        Ok(Path { text: text.to_owned(), steps })
    }

    /// The path of one key, whatever characters it has.
    pub fn key(key: &str) -> Path {
        Path { text: key.to_owned(), steps: vec![Step::Key(key.to_owned())] }
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key, where the path is just one.
    pub fn as_key(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [Step::Key(key)] => Some(key),
            _ => None,
        }
    }

    /// The first value that the path leads to.
    pub fn first<'d>(&self, node: Node<'d>) -> Option<Node<'d>> {
        let mut found = None;
        visit(&self.steps, node, &mut |node| {
            found = Some(node);
            true
        });
        found
    }

    /// All values that the path leads to, in document order.
    pub fn all<'d>(&self, node: Node<'d>) -> Vec<Node<'d>> {
        let mut found = Vec::new();
        visit(&self.steps, node, &mut |node| {
            found.push(node);
            false
        });
        found
    }
}

/// Calls `found` with every value below `node` that `steps` lead to, until it says true.
fn visit<'d>(steps: &[Step], node: Node<'d>, found: &mut impl FnMut(Node<'d>) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return found(node) };
    match step {
        Step::Key(key) => node.get(key).is_some_and(|next| visit(rest, next, found)),
        Step::Index(index) => node.elements().nth(*index).is_some_and(|next| visit(rest, next, found)),
        Step::Every if node.kind() == Kind::Object => node.entries().any(|(_, next)| visit(rest, next, found)),
        Step::Every => node.elements().any(|next| visit(rest, next, found)),
    }
}

fn key<'t>(rest: &'t str, steps: &mut Vec<Step>) -> Option<&'t str> {
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (key, rest) = rest.split_at(end);
    match key {
        "" => return None,
        "*" => steps.push(Step::Every),
        key => steps.push(Step::Key(key.to_owned())),
    }
    Some(rest)
}

fn bracket<'t>(rest: &'t str, steps: &mut Vec<Step>) -> Result<&'t str, &'static str> {
    let inside = rest.strip_prefix('[').ok_or("`.` or `[` is missing between two steps")?;
    for quote in ['\'', '"'] {
        if let Some(quoted) = inside.strip_prefix(quote) {
            let (key, rest) = quoted.split_once(quote).ok_or("a quote is not closed")?;
            steps.push(Step::Key(key.to_owned()));
            return rest.strip_prefix(']').ok_or("`]` is missing");
        }
    }
    let (index, rest) = inside.split_once(']').ok_or("`]` is missing")?;
    steps.push(match index.trim() {
        "*" => Step::Every,
        digits => Step::Index(digits.parse().map_err(|_| "only an index, `*` or a quoted key can stand in `[]`")?),
    });
    Ok(rest)
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Path;
    use crate::Document;

    fn check(path: &str, expected: &str) {
        let document =
            Document::parse(br#"{"a":{"b":[10,{"c":20},30],"x.y":1},"n":null,"o":{"p":1,"q":2},"a2":[[1],[2]]}"#.to_vec())
                .unwrap();
        let found = match Path::parse(path) {
            Ok(path) => format!("{:?}", path.all(document.root())),
            Err(error) => error.problem.to_owned(),
        };
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn paths() {
        check("a.b[0]", "[10]");
        check("$.a.b[1].c", "[20]");
        check("a.b[*]", r#"[10, {"c":20}, 30]"#);
        check("a['x.y']", "[1]");
        check(r#"["n"]"#, "[null]");
        check("o.*", "[1, 2]");
        check("a2[*][0]", "[1, 2]");
        check("missing.b", "[]");
        check("a.b[9]", "[]");
        check("n.b", "[]");
    }

    #[test]
    fn the_whole_document() {
        let document = Document::parse(b"[1]".to_vec()).unwrap();
        assert_eq!(format!("{:?}", Path::parse("$").unwrap().all(document.root())), "[[1]]");
    }

    #[test]
    fn refused() {
        check("", "it is empty");
        check("a..b", "`..` is not supported");
        check("a.", "a key is missing after `.`");
        check("a[", "`]` is missing");
        check("a[-1]", "only an index, `*` or a quoted key can stand in `[]`");
        check("a['b]", "a quote is not closed");
        check("$a", "`.` or `[` must follow `$`");
    }
}
