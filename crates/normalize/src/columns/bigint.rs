use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder};
use catchment_json::{Kind, Node};

use super::{Column, fraction, integer, python};

/// Integers take whole fractions and text that is one; booleans are not numbers.
pub(super) struct Bigint(Int64Builder);

impl Bigint {
    pub(super) fn new(rows: usize) -> Self {
        Bigint(Int64Builder::with_capacity(rows))
    }
}

impl Column for Bigint {
    fn put(&mut self, value: Node<'_>) -> bool {
        let n = match value.kind() {
            Kind::Integer => integer(value),
            Kind::Fraction => fraction(value).and_then(whole),
            Kind::Text => value.text().and_then(|text| python::int(&text)),
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

/// The integer that a fraction is, where it is one of 64 bits.
fn whole(n: f64) -> Option<i64> {
    // Both bounds are exact as doubles; the upper one is the first that does not fit.
    (n.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&n)).then_some(n as i64)
}
