//! Selection of the rows of a page.

use catchment_json::{Document, JsonPath, Node, NodeId, NodeKind, PathLimitError};

/// The rows of a page that match a data selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectedRows {
    /// The nodes of the rows in document order, without elements that are `null`.
    pub ids: Vec<NodeId>,
    /// The layout of the rows in the document.
    pub shape: RowsLayout,
}

/// The layout of the rows of a page in its document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowsLayout {
    /// A list, or several values.
    List,
    /// A single value, which is the only row.
    Single,
    /// `null`.
    Null,
    /// No match.
    #[default]
    Missing,
}

/// Selects the rows of a document: the elements of a single matched list, or else the matched values. Without a selector,
/// the root is matched.
///
/// # Errors
///
/// Returns an error if the search visits too many values for the size of the document.
pub(crate) fn select(document: &Document, selector: Option<&JsonPath>) -> Result<SelectedRows, PathLimitError> {
    let found = selector.map_or_else(|| Ok(vec![document.root()]), |selector| selector.all_with_limit(document.root()))?;
    // a selector for several values may match one or none
    let is_list = selector.is_some_and(|selector| !selector.is_singular() && selector.source_exists(document.root()));
    let shape = match found.as_slice() {
        [] if !is_list => RowsLayout::Missing,
        [one] => match one.kind() {
            NodeKind::Array => return Ok(SelectedRows { ids: node_ids(one.elements()), shape: RowsLayout::List }),
            _ if is_list => RowsLayout::List,
            NodeKind::Null => RowsLayout::Null,
            _ => RowsLayout::Single,
        },
        _ => RowsLayout::List,
    };
    Ok(SelectedRows { ids: node_ids(found.into_iter()), shape })
}

/// Returns the ids of the nodes that are not `null`.
fn node_ids<'d>(nodes: impl Iterator<Item = Node<'d>>) -> Vec<NodeId> {
    // `collect` would reuse the allocation of the nodes, which is four times as large
    let mut ids = Vec::new();
    ids.extend(nodes.filter(|node| node.kind() != NodeKind::Null).map(Node::id));
    ids
}

/// Common keys of the rows of a page.
const DATA_KEYS: &[&str] =
    &["data", "items", "results", "entries", "records", "rows", "entities", "payload", "content", "objects", "values"];

/// Maximum number of keys of a detected selector.
const MAX_KEYS: usize = 3;

/// Returns the selector of the list in `document` that most likely contains the rows: the first list under a [common
/// key](DATA_KEYS), else the first list that does not contain links, else the first list. Returns `None` if the document
/// has no list; the document is then a single row.
pub(crate) fn detect_selector(document: &Document) -> Option<JsonPath> {
    let mut lists = Vec::new();
    find_lists(document.root(), &mut Vec::new(), &mut lists);
    if lists.is_empty() {
        return null_for_none(document.root()).map(JsonPath::key);
    }
    let is_usual = |keys: &&Vec<String>| keys.last().is_some_and(|key| DATA_KEYS.contains(&key.as_str()));
    let is_of_links = |keys: &&Vec<String>| holds_links(document.root(), keys);
    let found = lists.iter().find(is_usual).or(lists.iter().find(|keys| !is_of_links(keys))).or(lists.first());
    found.cloned().map(JsonPath::from_keys)
}

/// Returns the common key with the value `null` beside a total of 0: some APIs write an empty list like that.
fn null_for_none(root: Node<'_>) -> Option<&'static str> {
    let is_none = |key: &&str| root.get(key).is_some_and(|total| total.as_number() == Some("0"));
    ["total", "count", "total_count", "totalCount"].into_iter().find(is_none)?;
    DATA_KEYS.iter().copied().find(|key| root.get(key).is_some_and(|rows| rows.kind() == NodeKind::Null))
}

/// Returns true if a list contains links, for example to other pages: `links` with relations, or HAL links under a relation.
fn holds_links(root: Node<'_>, keys: &[String]) -> bool {
    let is_links = |key: &String| matches!(key.as_str(), "links" | "link" | "_links");
    let list = keys.iter().try_fold(root, |node, key| node.get(key));
    let all = |is_link: &dyn Fn(Node<'_>) -> bool| list.is_some_and(|list| list.elements().all(is_link));
    match keys {
        [.., last] if is_links(last) => all(&|link| link.get("rel").or_else(|| link.get("relation")).is_some()),
        [.., parent, _] if is_links(parent) => all(&|link| link.get("href").is_some()),
        _ => false,
    }
}

fn find_lists(node: Node<'_>, keys: &mut Vec<String>, lists: &mut Vec<Vec<String>>) {
    for (key, value) in node.entries() {
        keys.push(key.name().into_owned());
        if value.kind() == NodeKind::Array {
            lists.push(keys.clone());
        } else if keys.len() < MAX_KEYS {
            find_lists(value, keys, lists);
        }
        keys.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, JsonPath, detect_selector, select};

    #[track_caller]
    fn check_detection(document: &str, expected: &str) {
        let document = Document::parse(document.into()).unwrap();
        let selector = detect_selector(&document);
        assert_eq!(selector.as_ref().map_or("nothing", JsonPath::as_str), expected, "{document:?}");
    }

    #[test]
    fn detection() {
        check_detection(r#"{"a": [], "data": [1]}"#, "data");
        check_detection(r#"{"errors": [], "data": []}"#, "data");
        check_detection(r#"{"a": [], "b": []}"#, "a");
        check_detection(r#"{"a": [], "Data": []}"#, "a");
        check_detection(r#"{"a": {"b": {"items": []}}}"#, "a.b.items");
        check_detection(r#"{"a": {"b": {"c": {"items": []}}}}"#, "nothing");
        check_detection(r#"{"x": {"rows": []}, "data": []}"#, "x.rows");
        check_detection(r#"{"a.b": {"it's": []}}"#, r"['a.b']['it\'s']");
        check_detection(r#"{"data": null}"#, "nothing");
        check_detection(r#"{"data": null, "total": 0}"#, "data");
        check_detection(r#"{"data": null, "total": 1}"#, "nothing");
        check_detection(r#"{"data": [{"items": []}]}"#, "data");
        check_detection(r#"{"links": [{"rel": "next"}], "orders": []}"#, "orders");
        check_detection(r#"{"link": [{"relation": "next"}], "entry": []}"#, "entry");
        check_detection(r#"{"links": [], "orders": []}"#, "orders");
        check_detection(r#"{"links": [{"rel": "self"}], "id": 1}"#, "links");
        check_detection(r#"{"links": [{"url": "/"}], "tags": []}"#, "links");
        check_detection(r#"{"_links": {"next": [{"href": "/"}]}, "orders": []}"#, "orders");
        check_detection("[[1]]", "nothing");
        check_detection("1", "nothing");
    }

    #[track_caller]
    fn check_selection(document: &str, selector: &str, expected: &str) {
        let document = Document::parse(document.into()).unwrap();
        let rows = select(&document, Some(&JsonPath::parse(selector).unwrap())).unwrap();
        let nodes: Vec<_> = rows.ids.iter().map(|id| document.node(*id)).collect();
        assert_eq!(format!("{:?} {nodes:?}", rows.shape), expected, "{document:?} and {selector}");
    }

    #[test]
    fn selection() {
        check_selection(r#"[{"a": 1}, {"a": 2}]"#, "$", r#"List [{"a":1}, {"a":2}]"#);
        check_selection("[1, null, 2]", "$", "List [1, 2]");
        check_selection("[]", "$", "List []");
        check_selection(r#"{"a": 1}"#, "$", r#"Single [{"a":1}]"#);
        check_selection(r#"{"a": {"b": [1]}}"#, "a.b", "List [1]");
        check_selection(r#"{"a": null}"#, "a", "Null []");
        check_selection("null", "$", "Null []");
        check_selection(r#"{"a": 0}"#, "a", "Single [0]");
        check_selection(r#"{"a": 0}"#, "b", "Missing []");
        check_selection(r#"[{"a": 1}, {"a": null}, {"a": 2}]"#, "$[*].a", "List [1, 2]");
        check_selection(r#"[{"a": [1]}, {"a": [2]}]"#, "$[*].a", "List [[1], [2]]");
        check_selection(r#"[{"a": [1, 2]}]"#, "$[*].a", "List [1, 2]");
        check_selection(r#"[{"a": 1}]"#, "$[*].a", "List [1]");
        check_selection(r#"[{"a": null}]"#, "$[*].a", "List []");
        check_selection("[]", "$[*].a", "List []");
        check_selection(r#"{"data": [{"id": 1}]}"#, "data[?@.id > 1]", "List []");
        check_selection("{}", "data[?@.id > 1]", "Missing []");
    }

    #[test]
    fn without_a_selector_the_root_is_selected() {
        let document = Document::parse(b"[1, 2]".to_vec()).unwrap();
        assert_eq!(select(&document, None), select(&document, Some(&JsonPath::parse("$").unwrap())));
    }
}
