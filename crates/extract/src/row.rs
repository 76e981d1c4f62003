//! Parent rows of dependent resources.

use std::sync::Arc;

use catchment_json::{Document, JsonPath, Node, NodeId, Selection, Value};

/// A row of a parent resource. Cheap to clone, because it refers to its page.
///
/// ```
/// use catchment_extract::Row;
/// use catchment_json::{Document, Selection};
///
/// let page = Selection::from_document(Document::parse(br#"[{"id": 7}]"#.to_vec())?);
/// let rows = Row::from_page(&page);
/// assert_eq!(rows[0].get("id").map(|id| id.to_plain_text()), Some("7".to_owned()));
/// # Ok::<(), catchment_json::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Row {
    document: Document,
    id: NodeId,
    parent: Option<Arc<Row>>,
}

impl Row {
    /// Returns the rows of a page.
    pub fn from_page(page: &Selection) -> Vec<Row> {
        Row::from_child_page(page, None)
    }

    /// Returns the rows of a page that was extracted for the row `parent`.
    pub fn from_child_page(page: &Selection, parent: Option<&Arc<Row>>) -> Vec<Row> {
        page.ids.iter().map(|id| Row { document: page.document.clone(), id: *id, parent: parent.cloned() }).collect()
    }

    /// Returns the row for which this row was extracted; `None` for rows of a root resource.
    pub fn parent(&self) -> Option<&Row> {
        self.parent.as_deref()
    }

    /// Returns the JSON node of the row.
    pub fn node(&self) -> Node<'_> {
        self.document.node(self.id)
    }

    /// Returns a copy of the value at `path`: a key, or a path such as `address.city`.
    pub fn value_at(&self, path: &str) -> Option<Value> {
        let by_path = || JsonPath::parse(path).ok()?.first(self.node()).map(Node::to_value);
        self.get(path).or_else(by_path)
    }

    /// Returns a copy of the value of `field`.
    pub fn get(&self, field: &str) -> Option<Value> {
        self.node().get(field).map(Node::to_value)
    }
}
