//! Picking values out of documents.

mod fields;
mod filter;
mod query;
mod read;
mod search;
#[cfg(test)]
mod tests;
mod write;

use thiserror::Error;

pub use fields::FieldPath;

use crate::node::Node;
use query::{PathSegment, Selector};
use search::Search;

/// A JSONPath, as RFC 9535 has it but for its functions; the `$` at the beginning can be left out.
///
/// | step | picks |
/// |---|---|
/// | `data`, `.data`, `['a.b']` | the value of a key |
/// | `[0]`, `[-1]` | an element, from the beginning or the end |
/// | `[1:3]`, `[::-1]` | elements, as in Python |
/// | `*`, `[*]` | every element of a list, every value of an object |
/// | `..next`, `..[0]`, `..*` | the same at any depth, what is further out first |
/// | `[?@.state == 'open' && !@.draft]` | the elements or values for which that is so |
/// | `['id', 'name']`, `[0, 5:]` | what each of them picks |
///
/// Filters compare with `==`, `!=`, `<`, `<=`, `>` and `>=`, are put together with `&&`, `||`, `!` and parentheses, and
/// read from the value in question by `@` or from the whole document by `$`. A path alone asks whether there is such a
/// value, be it `null`. Numbers are compared as numbers; values of different kinds are never equal.
///
/// ```
/// use catchment_json::{Document, JsonPath};
///
/// let page = Document::parse(br#"{"data": {"issues": [{"id": 1, "open": true}, {"id": 2, "open": false}]}}"#.to_vec())?;
/// let check = |path: &str, expected: &str| assert_eq!(format!("{:?}", JsonPath::parse(path).unwrap().all(page.root())), expected);
/// check("data.issues[*].id", "[1, 2]");
/// check("$..issues[-1].id", "[2]");
/// check("data.issues[?@.open == true].id", "[1]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath {
    text: String,
    steps: Vec<PathSegment>,
}

/// A path that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "cannot read the path {path:?}: {problem} (character {column}); write it like `data.items`, `$.data[0].id` or `['a.b'].c`"
)]
pub struct PathError {
    /// The path.
    pub path: String,
    /// What is wrong with it.
    pub problem: &'static str,
    /// Where that is, in characters from 1.
    pub column: usize,
}

/// A path that was too much work in a document; see [`JsonPath::all_with_limit`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the path {path:?} leads to too many values, or by too many ways: gave up after {steps} steps in a document of {values} \
     values; name the keys on the way in place of `..` and `*`"
)]
pub struct PathLimitError {
    /// The path.
    pub path: String,
    /// After how many looks at a value it was given up.
    pub steps: u64,
    /// How many values and keys the document has.
    pub values: usize,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// Where it is not one, or calls a function.
    pub fn parse(text: &str) -> Result<JsonPath, PathError> {
        Ok(JsonPath { text: text.to_owned(), steps: read::path(text)? })
    }

    /// The path of one key, whatever characters it has.
    pub fn key(key: &str) -> JsonPath {
        JsonPath::from_keys([key])
    }

    /// The path that goes through objects by these keys, whatever characters they have.
    ///
    /// ```
    /// use catchment_json::JsonPath;
    ///
    /// assert_eq!(JsonPath::from_keys(["data", "next.page", "it's"]).as_str(), r"data['next.page']['it\'s']");
    /// ```
    pub fn from_keys<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> JsonPath {
        let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
        JsonPath { text: write::keys(&keys), steps: keys.into_iter().map(PathSegment::key).collect() }
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key, where the path is just one.
    pub fn as_key(&self) -> Option<&str> {
        let [step] = self.steps.as_slice() else { return None };
        match step.only_selector()? {
            Selector::Name(key) => Some(key),
            _ => None,
        }
    }

    /// Whether it leads to one value at most, having no wildcards, filters and the like.
    pub fn is_singular(&self) -> bool {
        self.steps.iter().all(PathSegment::is_singular)
    }

    /// Whether there is what it picks its values from: for `data.items[*].id` that is whatever stands at `data.items`, be
    /// it empty. A singular path picks from the value that it leads to.
    pub fn source_exists(&self, root: Node<'_>) -> bool {
        let picks = self.steps.iter().position(|step| !step.is_singular()).unwrap_or(self.steps.len());
        query::first(&Search::unlimited(root), self.steps.get(..picks).unwrap_or_default(), root).is_some()
    }

    /// Whether the path breaks off at values that have not what it names: `data[*].id` at elements none of which has an `id`.
    /// It does not where there is nothing to pick from, as in an empty list, nor where a filter takes nothing.
    ///
    /// ```
    /// use catchment_json::{Document, JsonPath};
    ///
    /// let path = JsonPath::parse("data[*].id")?;
    /// let breaks_off = |text: &str| Ok::<_, Box<dyn std::error::Error>>(path.is_missing_key(Document::parse(text.into())?.root()));
    /// assert!(breaks_off(r#"{"data": [{"key": 1}]}"#)?);
    /// assert!(!breaks_off(r#"{"data": []}"#)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_missing_key(&self, root: Node<'_>) -> bool {
        query::breaks_off(&self.steps, root)
    }

    /// The first value that the path leads to from `root`.
    pub fn first<'d>(&self, root: Node<'d>) -> Option<Node<'d>> {
        query::first(&Search::unlimited(root), &self.steps, root)
    }

    /// All values that the path leads to from `root`, in document order but where the path turns it around; one that it
    /// leads to by two ways is there twice. These can be very many: for documents and paths that others wrote there is
    /// [`JsonPath::all_with_limit`].
    pub fn all<'d>(&self, root: Node<'d>) -> Vec<Node<'d>> {
        self.collect(&Search::unlimited(root))
    }

    /// The values of [`JsonPath::all`], as long as the work is proportional to the size of the document: `$..a..a..a` comes to a
    /// value that is deep inside by thousands of ways.
    ///
    /// # Errors
    ///
    /// Where it looks at more than 10 million values and at more than 100 times the values of the document, or has more
    /// results than 400 thousand and four times the values.
    ///
    /// ```
    /// use catchment_json::{Document, JsonPath};
    ///
    /// let nested = format!("{}1{}", r#"{"a":"#.repeat(600), "}".repeat(600));
    /// let page = Document::parse(nested.into_bytes())?;
    /// assert_eq!(JsonPath::parse("$..a..a")?.all_with_limit(page.root())?.len(), 600 * 599 / 2);
    /// let error = JsonPath::parse("$..a..a..a")?.all_with_limit(page.root()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the path \"$..a..a..a\" leads to too many values, or by too many ways: gave up after 10000000 steps in a document of \
    ///      1201 values; name the keys on the way in place of `..` and `*`"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn all_with_limit<'d>(&self, root: Node<'d>) -> Result<Vec<Node<'d>>, PathLimitError> {
        let search = Search::limited(root);
        let found = self.collect(&search);
        if search.is_exhausted() {
            return Err(PathLimitError { path: self.text.clone(), steps: search::budget(root), values: root.document_len() });
        }
        Ok(found)
    }

    fn collect<'d>(&self, search: &Search<'d>) -> Vec<Node<'d>> {
        let mut found = Vec::new();
        query::visit(search, &self.steps, search.root, &mut |node| {
            found.push(node);
            false
        });
        found
    }
}

impl std::fmt::Display for JsonPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
