use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use catchment_json::{Node, NodeKind};

use super::{Coercion, ColumnBuilder, fraction, number, python};

/// The maximum preallocated capacity of a column, in bytes.
const MAX_CAPACITY: usize = 4 << 20;

/// A builder of text columns, which accept all values. Numbers and booleans are formatted like Python's `str`. Fractions
/// that differ from their double keep the spelling of the source, except with [`Coercion::Reference`].
pub(super) struct TextBuilder {
    builder: StringBuilder,
    scratch: String,
    coercion: Coercion,
}

impl TextBuilder {
    pub(super) fn new(cells: &[Option<Node<'_>>], coercion: Coercion) -> Self {
        // Estimates the capacity from a few values.
        let sampled: usize = cells.iter().flatten().take(16).map(|node| node.as_str().map_or(8, |text| text.len())).sum();
        let sample = cells.iter().flatten().take(16).count().max(1);
        let builder = StringBuilder::with_capacity(cells.len(), (sampled / sample).saturating_mul(cells.len()).min(MAX_CAPACITY));
        TextBuilder { builder, scratch: String::new(), coercion }
    }
}

impl ColumnBuilder for TextBuilder {
    fn append(&mut self, value: Node<'_>) -> bool {
        if let Some(text) = value.as_str_with_buffer(&mut self.scratch) {
            self.builder.append_value(text);
            return true;
        }
        match value.kind() {
            NodeKind::Bool => self.builder.append_value(if value.as_bool() == Some(true) { "True" } else { "False" }),
            NodeKind::Integer => match value.as_number().unwrap_or_default() {
                "-0" => self.builder.append_value("0"),
                digits => self.builder.append_value(digits),
            },
            NodeKind::Float => {
                let (digits, n) =
                    (value.as_number().unwrap_or_default(), python::float_text(fraction(value).unwrap_or_default()));
                let is_rounded = || number::is_number(digits) && !number::are_equal(digits, &n);
                let keeps_spelling = self.coercion != Coercion::Reference && is_rounded();
                self.builder.append_value(if keeps_spelling { digits } else { &n });
            }
            NodeKind::Array | NodeKind::Object => {
                self.scratch.clear();
                value.write_json(&mut self.scratch);
                self.builder.append_value(&self.scratch);
            }
            NodeKind::String | NodeKind::Null => self.builder.append_null(),
        }
        true
    }

    fn append_null(&mut self) {
        self.builder.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.builder.finish())
    }
}
