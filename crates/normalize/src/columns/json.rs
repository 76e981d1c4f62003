use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Document, Node, NodeKind};

use super::ColumnBuilder;

/// Returns true for objects, lists and text with valid JSON.
pub(super) fn fits(value: Node<'_>) -> bool {
    match value.kind() {
        NodeKind::Array | NodeKind::Object => true,
        NodeKind::String => parse(value).is_some(),
        _ => false,
    }
}

fn parse(value: Node<'_>) -> Option<Document> {
    Document::parse(value.as_str()?.as_bytes().to_vec()).ok()
}

#[derive(Default)]
pub(super) struct JsonBuilder {
    builder: StringBuilder,
    text: String,
}

impl ColumnBuilder for JsonBuilder {
    fn append(&mut self, value: Node<'_>) -> bool {
        self.text.clear();
        match value.kind() {
            NodeKind::Array | NodeKind::Object => value.write_json(&mut self.text),
            NodeKind::String => {
                let Some(document) = parse(value) else { return false };
                document.root().write_json(&mut self.text);
            }
            _ => return false,
        }
        self.builder.append_value(&self.text);
        true
    }

    fn append_null(&mut self) {
        self.builder.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
