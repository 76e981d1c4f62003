use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Document, Kind, Node};

use super::Column;

/// JSON takes objects and lists, and text that is JSON.
pub(super) fn fits(value: Node<'_>) -> bool {
    match value.kind() {
        Kind::Array | Kind::Object => true,
        Kind::Text => parse(value).is_some(),
        _ => false,
    }
}

fn parse(value: Node<'_>) -> Option<Document> {
    Document::parse(value.text()?.as_bytes().to_vec()).ok()
}

#[derive(Default)]
pub(super) struct Json {
    builder: StringBuilder,
    text: String,
}

impl Column for Json {
    fn put(&mut self, value: Node<'_>) -> bool {
        self.text.clear();
        match value.kind() {
            Kind::Array | Kind::Object => value.write_json(&mut self.text),
            Kind::Text => {
                let Some(document) = parse(value) else { return false };
                document.root().write_json(&mut self.text);
            }
            _ => return false,
        }
        self.builder.append_value(&self.text);
        true
    }

    fn put_null(&mut self) {
        self.builder.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
