//! Rows of a page.

use serde::Serialize;
use serde::ser::Error as _;

use crate::document::{Document, NodeId};
use crate::node::{Kind, Node};
use crate::serialize::{SerializeError, to_value};
use crate::value::Value;
use crate::write;

/// Values picked out of one document, in order: the rows of a page.
///
/// A page that an API answered and rows that a program built are both this, so they take the same way. Taking
/// rows out means taking ids out; nothing is copied.
///
/// ```
/// use catchment_json::{Document, Selection};
///
/// let page = Selection::elements(Document::parse(br#"[{"id": 1}, null, {"id": 2}]"#.to_vec())?);
/// assert_eq!(page.ids.len(), 2);
///
/// let built = Selection::try_from(vec![("Rhine", 1233), ("Danube", 2850)])?;
/// assert_eq!(built.nodes().map(|row| format!("{row:?}")).collect::<Vec<_>>(), [r#"["Rhine",1233]"#, r#"["Danube",2850]"#]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Selection {
    /// The document.
    pub document: Document,
    /// Which values of it are picked.
    pub ids: Vec<NodeId>,
}

impl Selection {
    /// The elements of a list, but for nulls; anything else as a whole, null not at all.
    pub fn elements(document: Document) -> Selection {
        let root = document.root();
        let ids = match root.kind() {
            Kind::Array => root.elements().filter(|node| node.kind() != Kind::Null).map(Node::id).collect(),
            Kind::Null => Vec::new(),
            _ => vec![root.id()],
        };
        Selection { document, ids }
    }

    /// The values.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.ids.iter().map(|id| self.document.node(*id))
    }

    /// Appends the values to `out` as a list, compact JSON.
    pub fn write_json(&self, out: &mut String) {
        write::separated(out, ('[', ']'), self.nodes(), |node, out| node.write_json(out));
    }
}

impl From<Document> for Selection {
    /// [`Selection::elements`]
    fn from(document: Document) -> Selection {
        Selection::elements(document)
    }
}

impl<T: Serialize, const N: usize> TryFrom<[T; N]> for Selection {
    type Error = SerializeError;

    /// Rows that a program built, each anything that serde can serialise.
    fn try_from(rows: [T; N]) -> Result<Selection, SerializeError> {
        Selection::try_from(Vec::from(rows))
    }
}

impl<T: Serialize> TryFrom<Vec<T>> for Selection {
    type Error = SerializeError;

    /// Rows that a program built, each anything that serde can serialise.
    fn try_from(rows: Vec<T>) -> Result<Selection, SerializeError> {
        let rows = rows.iter().map(to_value).collect::<Result<_, _>>()?;
        Document::from_value(&Value::Array(rows)).map(Selection::elements).map_err(SerializeError::custom)
    }
}
