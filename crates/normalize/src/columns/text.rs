use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Kind, Node};

use super::{Column, fraction, python};

/// Text takes everything: numbers and booleans as Python's `str` writes them.
pub(super) struct Text {
    builder: StringBuilder,
    scratch: String,
}

impl Text {
    pub(super) fn new(cells: &[Option<Node<'_>>]) -> Self {
        // Sampling a few values tells the room that the others need.
        let sampled: usize = cells.iter().flatten().take(16).map(|node| node.text().map_or(8, |text| text.len())).sum();
        let sample = cells.iter().flatten().take(16).count().max(1);
        let builder = StringBuilder::with_capacity(cells.len(), sampled / sample * cells.len());
        Text { builder, scratch: String::new() }
    }
}

impl Column for Text {
    fn put(&mut self, value: Node<'_>) -> bool {
        if let Some(text) = value.text_in(&mut self.scratch) {
            self.builder.append_value(text);
            return true;
        }
        match value.kind() {
            Kind::Bool => self.builder.append_value(if value.bool() == Some(true) { "True" } else { "False" }),
            Kind::Integer => match value.number().unwrap_or_default() {
                "-0" => self.builder.append_value("0"),
                digits => self.builder.append_value(digits),
            },
            Kind::Fraction => self.builder.append_value(python::float_text(fraction(value).unwrap_or_default())),
            Kind::Array | Kind::Object => {
                self.scratch.clear();
                value.write_json(&mut self.scratch);
                self.builder.append_value(&self.scratch);
            }
            Kind::Text | Kind::Null => self.builder.append_null(),
        }
        true
    }

    fn put_null(&mut self) {
        self.builder.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
