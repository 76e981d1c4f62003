//! Field paths: lenient paths of fields in rows.

use std::collections::HashMap;

use super::query::{self, PathSegment, Selector};
use super::search::Search;
use super::{PathError, read};
use crate::document::NodeId;
use crate::node::{Node, NodeKind};

/// The path of a field in a row: `email`, `user.email`, `contacts[0].phone`, `orders[*].city`.
///
/// It is a [`JsonPath`](super::JsonPath) that matches everything its text can mean, so that no field to be masked is missed:
///
/// - a key applies to each element of a list: `contacts.phone` means `contacts[*].phone`;
/// - an object counts as a list of one element: `contacts[*].phone` also matches the `phone` of the object `contacts`,
///   unless values of its keys match;
/// - a number as a key is also a list index: `contacts.0.phone` means `contacts[0].phone`;
/// - keys with dots match too: `user.email` matches the `email` of `user` and the key `user.email`;
/// - a text that is not a valid JSONPath is a key.
///
/// ```
/// use catchment_json::{Document, FieldEdit, FieldPath, Selection};
///
/// let page = Selection::from_document(Document::parse(br#"[{"user": {"email": "a@b.c"}, "to": [{"email": "d"}]}]"#.to_vec())?);
/// let edits = ["user.email", "to.email"].map(|path| (FieldPath::new(path), FieldEdit::Replace("***".into())));
/// let edited = page.edit_fields(&edits)?;
/// let row = edited.rows.nodes().next().map(|row| format!("{row:?}"));
/// assert_eq!(row.as_deref(), Some(r#"{"user":{"email":"***"},"to":[{"email":"***"}]}"#));
/// # Ok::<(), catchment_json::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    text: String,
    steps: Vec<PathSegment>,
}

impl FieldPath {
    /// Parses a path. Every text is a valid field path.
    pub fn new(text: impl Into<String>) -> FieldPath {
        let text = text.into();
        let steps = read::path(&text).ok().filter(|steps| !steps.is_empty());
        FieldPath { steps: steps.unwrap_or_else(|| vec![PathSegment::key(text.clone())]), text }
    }

    /// Rejects a text that is not a path only because it exceeds a limit: it would be read as a key and match nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the path has too many segments or is too long.
    ///
    /// ```
    /// use catchment_json::FieldPath;
    ///
    /// assert!(FieldPath::check("user.email").is_ok());
    /// assert!(FieldPath::check("not a path: [").is_ok());
    /// assert!(FieldPath::check(&"a.".repeat(1000)).is_err());
    /// ```
    pub fn check(text: &str) -> Result<(), PathError> {
        match read::path(text) {
            Err(error) if [read::TOO_MANY_STEPS, read::TOO_LONG].contains(&error.problem) => Err(error),
            _ => Ok(()),
        }
    }

    /// Creates the path of a key of the row itself, which may contain any characters.
    pub fn key(key: impl Into<String>) -> FieldPath {
        let text = key.into();
        FieldPath { steps: vec![PathSegment::key(text.clone())], text }
    }

    /// Returns the path as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Calls `found` with each field that the path matches in `row`, possibly more than once, and with the object that
    /// contains the field (`None` for a list element). Returns whether the path ended at an object without its key, or at a
    /// scalar. A null or an empty list on the path does not count, because it is no evidence that the path is wrong.
    pub(crate) fn find<'d>(&self, row: Node<'d>, found: OnField<'_, 'd>) -> bool {
        let has_several_ways = self.steps.iter().filter(|step| has_several_ways(step)).count() > 1;
        let known = has_several_ways.then(HashMap::new);
        let mut walk = FieldSearch { search: Search::unlimited(row), count: 0, found, known };
        for (key, value) in row.entries() {
            if key.is(&self.text) {
                walk.add(value, Some(row));
            }
        }
        let has_literal = walk.count > 0;
        // the path is only a key, which the loop above has matched
        let is_key = matches!(self.steps.as_slice(), [step] if step.only_selector().is_some_and(|selector| {
            matches!(selector, Selector::Name(key) if *key == self.text)
        }));
        let is_missed = if is_key { true } else { walk.follow(&self.steps, row, None) };
        is_missed && !has_literal
    }
}

/// A callback with a matched field and the object that contains it.
type OnField<'f, 'd> = &'f mut dyn FnMut(Node<'d>, Option<Node<'d>>);

struct FieldSearch<'w, 'd> {
    search: Search<'d>,
    count: usize,
    found: OnField<'w, 'd>,
    /// Cached results per (remaining segments, node): whether a path ended at a missing key, and whether it matched. Without
    /// the cache, `$..a..a..a` visits deep nodes thousands of times. `None` if no node can be reached in several ways.
    known: Option<HashMap<(usize, NodeId), (bool, bool)>>,
}

/// Returns whether a segment can reach a value in several ways: by `..`, by several selectors, by a number that may be an
/// index or a key, or by a wildcard that also matches an object itself.
fn has_several_ways(step: &PathSegment) -> bool {
    match step.only_selector() {
        Some(Selector::Name(key)) => key.parse::<usize>().is_ok(),
        Some(Selector::Wildcard) | None => true,
        Some(_) => false,
    }
}

impl<'d> FieldSearch<'_, 'd> {
    fn add(&mut self, node: Node<'d>, object: Option<Node<'d>>) {
        self.count += 1;
        (self.found)(node, object);
    }

    /// Follows the segments from `node`. Returns whether the path ended at a missing key.
    fn follow(&mut self, steps: &[PathSegment], node: Node<'d>, object: Option<Node<'d>>) -> bool {
        let place = (steps.len(), node.id());
        if let Some((is_missed, has_found)) = self.known.as_ref().and_then(|known| known.get(&place).copied()) {
            self.count += usize::from(has_found);
            return is_missed;
        }
        let before = self.count;
        let is_missed = self.follow_anew(steps, node, object);
        let has_found = self.count > before;
        if let Some(known) = &mut self.known {
            known.insert(place, (is_missed, has_found));
        }
        is_missed
    }

    fn follow_anew(&mut self, steps: &[PathSegment], node: Node<'d>, object: Option<Node<'d>>) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            self.add(node, object);
            return false;
        };
        if node.kind() == NodeKind::Null {
            return false;
        }
        let before = self.count;
        let mut is_missed = false;
        for selector in &step.selectors {
            is_missed |= match selector {
                Selector::Name(key) if node.kind() == NodeKind::Array => self.through_list(key, step, steps, node),
                Selector::Name(_) if step.only_selector().is_some() => self.entries(steps, node),
                Selector::Name(key) => self.entry(key, rest, node),
                Selector::Index(index) if node.kind() == NodeKind::Object => self.entry(&index.to_string(), rest, node),
                selector => self.selected(selector, rest, node),
            };
        }
        if step.descends {
            // one match at any depth is enough
            for child in query::children(node) {
                self.follow(steps, child, (node.kind() == NodeKind::Object).then_some(node));
            }
            return self.count == before;
        }
        is_missed
    }

    /// Applies a key to a list: as an index, and as a key of each element.
    fn through_list(&mut self, key: &str, step: &PathSegment, steps: &[PathSegment], list: Node<'d>) -> bool {
        let rest = steps.get(1..).unwrap_or_default();
        let element = key.parse().ok().and_then(|index: usize| list.elements().nth(index));
        let is_index = key.parse::<usize>().is_ok();
        let mut is_missed = element.is_some_and(|element| self.follow(rest, element, None));
        // `..` visits the elements itself
        for element in list.elements().filter(|_| !step.descends) {
            is_missed |= self.follow(steps, element, None) && !is_index;
        }
        is_missed
    }

    /// Follows the entries of an object whose keys equal the first segment, or several segments joined by dots.
    fn entries(&mut self, steps: &[PathSegment], object: Node<'d>) -> bool {
        let (mut is_found, mut is_missed) = (false, false);
        for (key, value) in object.entries() {
            if let Some(count) = matched_segments(&key.name(), steps) {
                is_found = true;
                is_missed |= self.follow(steps.get(count..).unwrap_or_default(), value, Some(object));
            }
        }
        is_missed || !is_found
    }

    fn entry(&mut self, name: &str, rest: &[PathSegment], object: Node<'d>) -> bool {
        let (mut is_found, mut is_missed) = (false, false);
        for (_, value) in object.entries().filter(|(key, _)| key.is(name)) {
            is_found = true;
            is_missed |= self.follow(rest, value, Some(object));
        }
        is_missed || !is_found
    }

    fn selected(&mut self, selector: &Selector, rest: &[PathSegment], node: Node<'d>) -> bool {
        let (is_object, before) = (node.kind() == NodeKind::Object, self.count);
        let mut is_missed = !is_object && node.kind() != NodeKind::Array;
        let mut children = Vec::new();
        query::select(&self.search, selector, node, &mut |child| {
            children.push(child);
            false
        });
        for child in children {
            is_missed |= self.follow(rest, child, is_object.then_some(node));
        }
        let may_stand_for_list = is_object && *selector == Selector::Wildcard && !rest.is_empty();
        if may_stand_for_list && self.count == before { self.follow(rest, node, None) } else { is_missed }
    }
}

/// Returns the number of segments that a key matches; a key with dots can match several.
fn matched_segments(key: &str, steps: &[PathSegment]) -> Option<usize> {
    let mut rest = key;
    for (index, step) in steps.iter().enumerate() {
        let Some(Selector::Name(name)) = step.only_selector() else { return None };
        rest = rest.strip_prefix(name.as_str())?;
        if rest.is_empty() {
            return Some(index + 1);
        }
        rest = rest.strip_prefix('.')?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::FieldPath;
    use crate::Document;

    /// Compares the values that a path matches, and `missed` if it ended at a missing key, with `expected`.
    #[track_caller]
    fn check(path: &str, row: &str, expected: &str) {
        let document = Document::parse(row.as_bytes().to_vec()).unwrap();
        let mut found = std::collections::BTreeMap::new();
        let is_missed = FieldPath::new(path).find(document.root(), &mut |node, object| {
            found.insert(node.id().0, format!("{node:?}{}", if object.is_some() { "" } else { "." }));
        });
        let found: Vec<_> = found.into_values().chain(is_missed.then(|| "missed".to_owned())).collect();
        assert_eq!(found.join(" "), expected, "{path} in {row}");
    }

    #[test]
    fn keys_match_in_objects_and_lists() {
        check("a", r#"{"a": 1, "b": 2}"#, "1");
        check("a", r#"{"a": 1, "a": 2}"#, "1 2");
        check("a.b", r#"{"a": {"b": 1}}"#, "1");
        check("a.b", r#"{"a": [{"b": 1}, {"b": 2}, [{"b": 3}]]}"#, "1 2 3");
        check("a[*].b", r#"{"a": [{"b": 1}, {"b": 2}]}"#, "1 2");
        check("a.b.c", r#"{"a": [{"b": [{"c": 1}]}, {"b": {"c": 2}}]}"#, "1 2");
        check("a", r#"{"a": [1, 2]}"#, "[1,2]");
        check("a[*]", r#"{"a": [1, 2]}"#, "1. 2.");
        check("a[*].b", r#"{"a": {"b": 1}}"#, "1");
        check("a[*].b", r#"{"a": {"x": {"b": 1}, "b": 2}}"#, "1 missed");
        check("a[*].b[*].c", r#"{"a": {"b": {"c": 1}}}"#, "1");
        check("größe.ß", r#"{"größe": {"ß": 1}}"#, "1");
        check(r"a.b", r#"{"\u0061": {"\u0062": 1}}"#, "1");
        check("full name.first", r#"{"full name": {"first": 1}}"#, "1");
    }

    #[test]
    fn numbers_are_indexes_and_keys() {
        check("a.0.b", r#"{"a": [{"b": 1}, {"b": 2}]}"#, "1");
        check("a[0].b", r#"{"a": [{"b": 1}, {"b": 2}]}"#, "1");
        check("a[-1].b", r#"{"a": [{"b": 1}, {"b": 2}]}"#, "2");
        check("a.0.b", r#"{"a": {"0": {"b": 1}}}"#, "1");
        check("a[0].b", r#"{"a": {"0": {"b": 1}}}"#, "1");
        check("a.7.b", r#"{"a": [{"b": 1}]}"#, "");
    }

    #[test]
    fn keys_with_dots_match() {
        check("a.b", r#"{"a.b": 1, "a": {"b": 2}}"#, "1 2");
        check("a.b.c", r#"{"a": {"b.c": 1}, "a.b": {"c": 2}, "a.b.c": 3}"#, "1 2 3");
        check("['a.b']", r#"{"a.b": 1, "a": {"b": 2}}"#, "1");
        check("a[0]", r#"{"a[0]": 1, "a": [2, 3]}"#, "1 2.");
        check("$id", r#"{"$id": 1}"#, "1");
        check("$", r#"{"$": 1, "a": 2}"#, "1");
        check("", r#"{"": 1, "a": 2}"#, "1");
    }

    #[test]
    fn wildcards_filters_and_descendants() {
        check("a.*", r#"{"a": {"b": 1, "c": [2]}}"#, "1 [2]");
        check("a['b', 'c']", r#"{"a": {"b": 1, "c": 2, "d": 3}}"#, "1 2");
        check("a[?@.kind == 'home'].n", r#"{"a": [{"kind": "home", "n": 1}, {"kind": "work", "n": 2}]}"#, "1");
        check("a[1:]", r#"{"a": [1, 2, 3]}"#, "2. 3.");
        check("$..b", r#"{"a": {"b": 1}, "b": {"b": 2}, "c": [{"b": 3}]}"#, r#"1 {"b":2} 2 3"#);
    }

    #[test]
    fn repeated_descendant_segments_terminate() {
        let objects = format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000));
        let lists = format!(r#"{{"a":{}1{}}}"#, "[".repeat(1000), "]".repeat(1000));
        check("$..a..a..a..z", &objects, "missed");
        check("$..['a', 'a']..['a', 'a']..z", &objects, "missed");
        check(&format!("a{}.z", ".0".repeat(200)), &lists, "missed");
        check(&format!("a{}.z", ".*".repeat(200)), &objects, "missed");
    }

    #[test]
    fn paths_with_a_missing_key_are_reported() {
        check("b", r#"{"a": 1}"#, "missed");
        check("a.b", r#"{"a": {"c": 1}}"#, "missed");
        check("a.b", r#"{"a": "text"}"#, "missed");
        check("a.b", r#"{"a": [{"b": 1}, {"c": 2}]}"#, "1 missed");
        check("a[*].b", r#"{"a": {}}"#, "missed");
        check("a[*].b", r#"{"a": []}"#, "");
        check("$..b", r#"{"a": {"c": 1}}"#, "missed");
        // no evidence that the path is wrong
        check("a.b", r#"{"a": null}"#, "");
        check("a.b", r#"{"a": []}"#, "");
        check("a", r#"{"a": null}"#, "null");
    }
}
