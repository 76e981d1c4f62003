//! JSONPath: queries on documents.

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

/// A JSONPath (RFC 9535) without function extensions. The leading `$` is optional.
///
/// | segment | selects |
/// |---|---|
/// | `data`, `.data`, `['a.b']` | the value of a key |
/// | `[0]`, `[-1]` | an element, counted from the start or the end |
/// | `[1:3]`, `[::-1]` | a slice, as in Python |
/// | `*`, `[*]` | all elements of a list or values of an object |
/// | `..next`, `..[0]`, `..*` | matches at any depth, outer values first |
/// | `[?@.state == 'open' && !@.draft]` | elements or values that match a filter |
/// | `['id', 'name']`, `[0, 5:]` | the results of several selectors |
///
/// Filters compare with `==`, `!=`, `<`, `<=`, `>` and `>=`, combine conditions with `&&`, `||`, `!` and parentheses, and
/// read from the current value (`@`) or the whole document (`$`). A path without a comparison tests whether a value exists;
/// `null` counts as a value. Numbers are compared numerically; values of different types are never equal.
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

/// An invalid path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid path {path:?} at character {column}: {problem}; write it like `data.items`, `$.data[0].id` or `['a.b'].c`")]
pub struct PathError {
    /// The path; a path that is too long is truncated.
    pub path: String,
    /// The cause.
    pub problem: &'static str,
    /// The position of the error, in characters, counted from 1.
    pub column: usize,
}

/// A path that exceeded the work limit in a document; see [`JsonPath::all_with_limit`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "path {path:?} matches too many values or visits values too often: stopped after {steps} steps in a document of \
     {values} values; write out the keys instead of `..` and `*`"
)]
pub struct PathLimitError {
    /// The path.
    pub path: String,
    /// The number of values visited before the search stopped.
    pub steps: u64,
    /// The number of values and keys in the document.
    pub values: usize,
}

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a path, or calls a function.
    pub fn parse(text: &str) -> Result<JsonPath, PathError> {
        Ok(JsonPath { text: text.to_owned(), steps: read::path(text)? })
    }

    /// Creates the path of a single key, which may contain any characters.
    pub fn key(key: &str) -> JsonPath {
        JsonPath::from_keys([key])
    }

    /// Creates a path of nested keys, which may contain any characters.
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

    /// Returns the path as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the key if the path consists of a single key.
    pub fn as_key(&self) -> Option<&str> {
        let [step] = self.steps.as_slice() else { return None };
        match step.only_selector()? {
            Selector::Name(key) => Some(key),
            _ => None,
        }
    }

    /// Returns whether the path selects at most one value: it has no wildcards, slices, filters, unions or `..`.
    pub fn is_singular(&self) -> bool {
        self.steps.iter().all(PathSegment::is_singular)
    }

    /// Returns whether the source of the selected values exists, even if it is empty: the value at `data.items` for the path
    /// `data.items[*].id`. The source of a singular path is the selected value itself.
    pub fn source_exists(&self, root: Node<'_>) -> bool {
        let picks = self.steps.iter().position(|step| !step.is_singular()).unwrap_or(self.steps.len());
        query::first(&Search::unlimited(root), self.steps.get(..picks).unwrap_or_default(), root).is_some()
    }

    /// Returns whether the path ends at values that lack the key it names: `data[*].id`, if no element has an `id`. Returns
    /// false if there are no values to select from, as in an empty list, or if a filter matches none.
    ///
    /// ```
    /// use catchment_json::{Document, JsonPath};
    ///
    /// let path = JsonPath::parse("data[*].id")?;
    /// let misses = |text: &str| Ok::<_, Box<dyn std::error::Error>>(path.is_missing_key(Document::parse(text.into())?.root()));
    /// assert!(misses(r#"{"data": [{"key": 1}]}"#)?);
    /// assert!(!misses(r#"{"data": []}"#)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_missing_key(&self, root: Node<'_>) -> bool {
        query::breaks_off(&self.steps, root)
    }

    /// Returns the first value that the path selects, starting from `root`.
    pub fn first<'d>(&self, root: Node<'d>) -> Option<Node<'d>> {
        query::first(&Search::unlimited(root), &self.steps, root)
    }

    /// Returns all values that the path selects, starting from `root`, in document order unless a slice reverses it. A value
    /// that matches in two ways occurs twice. The result can be very large; use [`JsonPath::all_with_limit`] for untrusted
    /// paths and documents.
    pub fn all<'d>(&self, root: Node<'d>) -> Vec<Node<'d>> {
        self.collect(&Search::unlimited(root))
    }

    /// Returns all values like [`JsonPath::all`], but limits the work in proportion to the size of the document. Without a
    /// limit, `$..a..a..a` visits deeply nested values thousands of times.
    ///
    /// # Errors
    ///
    /// Returns an error if the search visits more than 10 million values and more than 100 times the number of values in the
    /// document, or if it has more than 400,000 results and more than four times as many results as the document has values.
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
    ///     "path \"$..a..a..a\" matches too many values or visits values too often: stopped after 10000000 steps in a document of \
    ///      1201 values; write out the keys instead of `..` and `*`"
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
