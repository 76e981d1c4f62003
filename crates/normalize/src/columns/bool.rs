use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder};
use catchment_json::{Kind, Node};

use super::{Column, fraction};

/// Booleans take numbers, of which all but zero are true, and the usual words.
pub(super) struct Bool(BooleanBuilder);

impl Bool {
    pub(super) fn new(rows: usize) -> Self {
        Bool(BooleanBuilder::with_capacity(rows))
    }
}

impl Column for Bool {
    fn put(&mut self, value: Node<'_>) -> bool {
        let truth = match value.kind() {
            Kind::Bool => value.bool(),
            Kind::Integer | Kind::Fraction => fraction(value).map(|n| n != 0.0),
            Kind::Text => value.text().and_then(|text| word(&text)),
            _ => None,
        };
        if let Some(truth) = truth {
            self.0.append_value(truth);
        }
        truth.is_some()
    }

    fn put_null(&mut self) {
        self.0.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

fn word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" => Some(true),
        "no" | "false" | "f" | "n" | "0" => Some(false),
        _ => None,
    }
}
