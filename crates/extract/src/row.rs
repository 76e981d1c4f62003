//! One row.

use catchment_json::{Document, Node, NodeId, Selection, Value};

/// A row that another resource is fed with: a place in a page, as cheap to copy as a reference.
///
/// ```
/// use catchment_extract::Row;
/// use catchment_json::{Document, Selection};
///
/// let page = Selection::elements(Document::parse(br#"[{"id": 7}]"#.to_vec())?);
/// let rows = Row::all(&page);
/// assert_eq!(rows[0].get("id").map(|id| id.to_plain_text()), Some("7".to_owned()));
/// # Ok::<(), catchment_json::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Row {
    document: Document,
    id: NodeId,
}

impl Row {
    /// The rows of a page.
    pub fn all(page: &Selection) -> Vec<Row> {
        page.ids.iter().map(|id| Row { document: page.document.clone(), id: *id }).collect()
    }

    /// The row in its page.
    pub fn node(&self) -> Node<'_> {
        self.document.node(self.id)
    }

    /// A copy of the value of a field.
    pub fn get(&self, field: &str) -> Option<Value> {
        self.node().get(field).map(Node::to_value)
    }
}
