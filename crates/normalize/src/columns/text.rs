use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Kind, Node};

use super::{Column, fraction, python};

/// Text takes everything: numbers and booleans as Python's `str` writes them.
pub(super) struct Text(StringBuilder);

impl Text {
    pub(super) fn new(cells: &[Option<Node<'_>>]) -> Self {
        // Sampling a few values tells the room that the others need.
        let sampled: usize = cells.iter().flatten().take(16).map(|node| node.text().map_or(8, |text| text.len())).sum();
        let sample = cells.iter().flatten().take(16).count().max(1);
        Text(StringBuilder::with_capacity(cells.len(), sampled / sample * cells.len()))
    }
}

impl Column for Text {
    fn put(&mut self, value: Node<'_>) -> bool {
        match value.kind() {
            Kind::Text => self.0.append_value(value.text().unwrap_or_default()),
            Kind::Bool => self.0.append_value(if value.bool() == Some(true) { "True" } else { "False" }),
            Kind::Integer => match value.number().unwrap_or_default() {
                "-0" => self.0.append_value("0"),
                digits => self.0.append_value(digits),
            },
            Kind::Fraction => self.0.append_value(python::float_text(fraction(value).unwrap_or_default())),
            Kind::Array | Kind::Object => {
                let mut json = String::new();
                value.write_json(&mut json);
                self.0.append_value(json);
            }
            Kind::Null => self.0.append_null(),
        }
        true
    }

    fn put_null(&mut self) {
        self.0.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
