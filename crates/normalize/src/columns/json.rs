use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Document, Kind, Node};

use super::Column;

/// JSON takes objects and lists, and text that is JSON.
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
                let text = value.text().unwrap_or_default();
                let Ok(document) = Document::parse(text.as_bytes().to_vec()) else { return false };
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
