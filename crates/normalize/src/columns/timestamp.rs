use std::sync::Arc;

use arrow::array::{ArrayRef, TimestampMicrosecondBuilder};
use catchment_json::{Kind, Node};
use catchment_schema::parse_timestamp;

use super::{Column, fraction, integer};

/// Instants take text with a date, and numbers as seconds since 1970.
pub(super) struct Timestamp(TimestampMicrosecondBuilder);

/// The instants of the years 1 to 9999, in seconds.
const SECONDS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

impl Timestamp {
    pub(super) fn new(rows: usize) -> Self {
        Timestamp(TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC"))
    }
}

impl Column for Timestamp {
    fn put(&mut self, value: Node<'_>) -> bool {
        let micros = match value.kind() {
            Kind::Text => value.text().and_then(|text| from_text(&text)),
            Kind::Integer => integer(value).filter(|n| SECONDS.contains(&(*n as f64))).map(|n| n * 1_000_000),
            Kind::Fraction => fraction(value).filter(|n| SECONDS.contains(n)).map(|n| (n * 1e6).round() as i64),
            _ => None,
        };
        if let Some(micros) = micros {
            self.0.append_value(micros);
        }
        micros.is_some()
    }

    fn put_null(&mut self) {
        self.0.append_null();
    }

    fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A day counts as its midnight here, though it is not detected as an instant.
fn from_text(text: &str) -> Option<i64> {
    let text = text.trim();
    parse_timestamp(text).or_else(|| parse_timestamp(&format!("{text}T00")))
}
