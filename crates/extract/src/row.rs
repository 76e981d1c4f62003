//! One row.

use std::sync::Arc;

use catchment_json::{Document, Node, NodeId, Selection, Value};

/// A row that another resource is fed with: a place in a page, as cheap to copy as a reference.
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
    /// The rows of a page.
    pub fn from_page(page: &Selection) -> Vec<Row> {
        Row::from_child_page(page, None)
    }

    /// The rows of a page that came of `parent`.
    pub(crate) fn from_child_page(page: &Selection, parent: Option<&Arc<Row>>) -> Vec<Row> {
        page.ids.iter().map(|id| Row { document: page.document.clone(), id: *id, parent: parent.cloned() }).collect()
    }

    /// The row of which its page came; none where the resource has pages of its own.
    pub fn parent(&self) -> Option<&Row> {
        self.parent.as_deref()
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
