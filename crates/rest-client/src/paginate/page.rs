//! One page.

use catchment_json::{Document, Node, NodeId};

/// A page: the document that was answered and the places of its rows in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The whole answer.
    pub document: Document,
    /// Its rows, in the order of the document.
    pub rows: Vec<NodeId>,
    /// The URL that answered, without its secrets.
    pub url: String,
    /// Its number in the pagination, counted from 1.
    pub number: u64,
    /// The length of the body in bytes.
    pub bytes: usize,
}

impl Page {
    /// Its rows.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.rows.iter().map(|id| self.document.node(*id))
    }
}
