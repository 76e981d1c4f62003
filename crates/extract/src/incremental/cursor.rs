//! Comparing values of a cursor by their type.

use std::cmp::Ordering;

use catchment_json::{Document, Kind, Node, Value};
use catchment_schema::parse_timestamp;

/// The order of two values: time stamps as instants, numbers as numbers, other text by its characters. None
/// where they cannot be compared.
pub(super) fn compare(left: Node<'_>, right: Node<'_>) -> Option<Ordering> {
    match (left.kind(), right.kind()) {
        (Kind::Integer | Kind::Fraction, Kind::Integer | Kind::Fraction) => numbers(left.number()?, right.number()?),
        (Kind::Text, Kind::Text) => {
            let (left, right) = (left.text()?, right.text()?);
            match (parse_timestamp(&left), parse_timestamp(&right)) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => Some(left.cmp(&right)),
            }
        }
        _ => None,
    }
}

fn numbers(left: &str, right: &str) -> Option<Ordering> {
    match (left.parse::<i128>(), right.parse::<i128>()) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => left.parse::<f64>().ok()?.partial_cmp(&right.parse().ok()?),
    }
}

/// A value of the cursor that outlives its page.
#[derive(Debug, Clone)]
pub(super) struct Kept(Document);

impl Kept {
    /// None for a value that is too large to be one: of gigabytes.
    pub(super) fn new(value: &Value) -> Option<Kept> {
        Document::from_value(value).ok().map(Kept)
    }

    pub(super) fn node(&self) -> Node<'_> {
        self.0.root()
    }

    pub(super) fn value(&self) -> Value {
        self.0.root().to_value()
    }
}
