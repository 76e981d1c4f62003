use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder};
use catchment_json::{Kind, Node};

use super::{Column, fraction, integer, python};

/// Up to here every integer is a double.
const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

/// Doubles take integers that they hold exactly, and text that is a number; booleans are not numbers.
pub(super) struct Double(Float64Builder);

impl Double {
    pub(super) fn new(rows: usize) -> Self {
        Double(Float64Builder::with_capacity(rows))
    }
}

impl Column for Double {
    fn put(&mut self, value: Node<'_>) -> bool {
        let n = match value.kind() {
            Kind::Fraction => fraction(value),
            Kind::Integer => integer(value).filter(|n| EXACT.contains(n)).map(|n| n as f64),
            Kind::Text => value.text().and_then(|text| python::float(&text)),
            _ => None,
        };
        if let Some(n) = n {
            self.0.append_value(n);
        }
        n.is_some()
    }

    fn put_null(&mut self) {
        self.0.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
