use catchment_json::{Node, NodeKind};

use super::{fraction, integer, python};

/// The range in which a double represents every integer exactly.
pub(crate) const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

/// Converts fractions, integers that a double represents exactly, and text with a number. Booleans are not converted.
pub(super) fn convert(value: Node<'_>) -> Option<f64> {
    match value.kind() {
        NodeKind::Float => fraction(value),
        NodeKind::Integer => integer(value).and_then(exact),
        NodeKind::String => {
            let text = value.as_str()?;
            match python::int(&text) {
                // Accepts the same text as bigint columns, because they may widen to double.
                Some(n) => exact(n),
                None if python::is_integer(&text) => None,
                None => python::float(&text),
            }
        }
        _ => None,
    }
}

fn exact(n: i64) -> Option<f64> {
    EXACT.contains(&n).then_some(n as f64)
}
