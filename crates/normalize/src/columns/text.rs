use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Kind, Node};

use super::{Coercion, Column, fraction, number, python};

/// The most bytes that a column has room for before it has them.
const MAX_CAPACITY: usize = 4 << 20;

/// Text takes everything: numbers and booleans as Python's `str` writes them, and where exactness counts, numbers that no
/// double is equal to as they stand in the source.
pub(super) struct Text {
    builder: StringBuilder,
    scratch: String,
    coercion: Coercion,
}

impl Text {
    pub(super) fn new(cells: &[Option<Node<'_>>], coercion: Coercion) -> Self {
        // A few values tell the room that the others need, as far as those are alike.
        let sampled: usize = cells.iter().flatten().take(16).map(|node| node.text().map_or(8, |text| text.len())).sum();
        let sample = cells.iter().flatten().take(16).count().max(1);
        let builder = StringBuilder::with_capacity(cells.len(), (sampled / sample).saturating_mul(cells.len()).min(MAX_CAPACITY));
        Text { builder, scratch: String::new(), coercion }
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
            Kind::Fraction => {
                let (digits, n) = (value.number().unwrap_or_default(), python::float_text(fraction(value).unwrap_or_default()));
                let is_rounded = || number::is_number(digits) && !number::are_equal(digits, &n);
                let is_kept = self.coercion != Coercion::Reference && is_rounded();
                self.builder.append_value(if is_kept { digits } else { &n });
            }
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
