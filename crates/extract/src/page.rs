//! Pages of rows.

use std::pin::Pin;

use catchment_json::{Document, Kind, NodeId, Value};
use futures_core::Stream;

/// Rows of one document.
#[derive(Debug, Clone)]
pub struct Page {
    /// The document.
    pub document: Document,
    /// Which values of it are rows.
    pub rows: Vec<NodeId>,
}

/// Pages as they come; the error is whatever made them stop.
pub type PageStream = Pin<Box<dyn Stream<Item = Result<Page, Box<dyn std::error::Error + Send + Sync>>> + Send>>;

impl Page {
    /// All elements of a list are rows; anything else is one row, and null is none.
    pub fn from_document(document: Document) -> Page {
        let root = document.root();
        let rows = match root.kind() {
            Kind::Array => root.elements().filter(|node| node.kind() != Kind::Null).map(|node| node.id()).collect(),
            Kind::Null => Vec::new(),
            _ => vec![root.id()],
        };
        Page { document, rows }
    }

    /// The rows of a list of values.
    pub fn from_values(rows: Vec<Value>) -> Page {
        Page::from_document(Document::from_value(&Value::Array(rows)))
    }
}
