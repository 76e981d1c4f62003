//! The rows of a page.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::DeserializeError;
use crate::document::{Document, NodeId};
use crate::node::{Node, NodeKind};
use crate::selection_builder::SelectionBuilder;
use crate::serialize::SerializeError;
use crate::write;

/// The estimated processing cost of a row, in bytes, independent of its content.
const ROW_BYTES: usize = 32;

/// The rows of a page: selected values of one document, in order.
///
/// API responses and rows built in code are both represented like this. Removing rows removes their IDs; nothing is copied.
///
/// ```
/// use catchment_json::{Document, Selection};
///
/// let page = Selection::from_document(Document::parse(br#"[{"id": 1}, null, {"id": 2}]"#.to_vec())?);
/// assert_eq!(page.len(), 2);
///
/// let built = Selection::try_from(vec![("Rhine", 1233), ("Danube", 2850)])?;
/// assert_eq!(built.nodes().map(|row| format!("{row:?}")).collect::<Vec<_>>(), [r#"["Rhine",1233]"#, r#"["Danube",2850]"#]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Selection {
    /// The document.
    pub document: Document,
    /// The positions of the selected values.
    pub ids: Vec<NodeId>,
}

impl Selection {
    /// Selects the elements of a list except nulls. A document of another type is a single row, null is none.
    pub fn from_document(document: Document) -> Selection {
        let root = document.root();
        let ids = match root.kind() {
            NodeKind::Array => root.elements().filter(|node| node.kind() != NodeKind::Null).map(Node::id).collect(),
            NodeKind::Null => Vec::new(),
            _ => vec![root.id()],
        };
        Selection { document, ids }
    }

    /// Returns the selected values.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.ids.iter().map(|id| self.document.node(*id))
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Converts each row to a type that implements `Deserialize`; see [`Node::deserialize`].
    ///
    /// ```
    /// use catchment_json::{Document, Selection};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Issue {
    ///     number: u64,
    /// }
    ///
    /// let page = Selection::from_document(Document::parse(br#"[{"number": 1}, {"number": 2}]"#.to_vec())?);
    /// let issues: Vec<Issue> = page.deserialize().collect::<Result<_, _>>()?;
    /// assert_eq!(issues[1].number, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An item is an error if the row does not fit the type. Its path begins with the index of the row, such as `[2].id`.
    pub fn deserialize<'s, T: Deserialize<'s> + 's>(&'s self) -> impl Iterator<Item = Result<T, DeserializeError>> + 's {
        let rows = self.nodes().enumerate();
        rows.map(|(index, row)| row.deserialize().map_err(|error| error.with_parent_index(index)))
    }

    /// Splits the rows into ranges of indexes that need about `max_bytes` of memory each. A larger row is a range by itself.
    ///
    /// ```
    /// use catchment_json::{Document, Selection};
    ///
    /// let page = Selection::from_document(Document::parse(br#"[{"id": 1}, {"id": 2}, {"id": 3}]"#.to_vec())?);
    /// assert_eq!(page.chunks_by_size(1 << 20), [0..3]);
    /// assert_eq!(page.chunks_by_size(1), [0..1, 1..2, 2..3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn chunks_by_size(&self, max_bytes: usize) -> Vec<Range<usize>> {
        if self.memory_size() <= max_bytes || self.ids.len() < 2 {
            return std::iter::once(0..self.ids.len()).filter(|run| !run.is_empty()).collect();
        }
        let (mut runs, mut first, mut bytes) = (Vec::new(), 0, 0);
        for (at, id) in self.ids.iter().enumerate() {
            // Rows of a page are usually adjacent, so the distance to the next row is the size of this one.
            let next = self.ids.get(at + 1).map_or(self.document.tape().len(), |next| next.0 as usize);
            let values = next.saturating_sub(id.0 as usize).max(1);
            let start = |at: usize| self.document.tape().get(at).map_or(self.document.text().len(), |entry| entry.start as usize);
            let size = values * Document::VALUE_BYTES + start(next).saturating_sub(start(id.0 as usize)) + ROW_BYTES;
            if bytes + size > max_bytes && at > first {
                runs.push(first..at);
                (first, bytes) = (at, 0);
            }
            bytes += size;
        }
        runs.push(first..self.ids.len());
        runs
    }

    /// Returns the memory that the document and the IDs use, in bytes.
    pub fn memory_size(&self) -> usize {
        self.document.memory_size() + self.ids.len() * size_of::<NodeId>()
    }

    /// Appends the rows to `out` as a list in compact JSON.
    pub fn write_json(&self, out: &mut String) {
        write::separated(out, ('[', ']'), self.nodes(), |node, out| node.write_json(out));
    }
}

impl From<Document> for Selection {
    /// Selects rows like [`Selection::from_document`].
    fn from(document: Document) -> Selection {
        Selection::from_document(document)
    }
}

impl<T: Serialize, const N: usize> TryFrom<[T; N]> for Selection {
    type Error = SerializeError;

    /// Creates a selection of rows built in code.
    fn try_from(rows: [T; N]) -> Result<Selection, SerializeError> {
        Selection::try_from(Vec::from(rows))
    }
}

impl<T: Serialize> TryFrom<Vec<T>> for Selection {
    type Error = SerializeError;

    /// Creates a selection of rows built in code.
    fn try_from(rows: Vec<T>) -> Result<Selection, SerializeError> {
        let mut selection = SelectionBuilder::new();
        rows.iter().try_for_each(|row| selection.push(row))?;
        selection.finish()
    }
}
