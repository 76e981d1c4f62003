use catchment_json::{Node, NodeKind};

use super::{fraction, integer, python};

/// Up to here every integer is a double.
pub(crate) const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;

/// Doubles take integers that they hold exactly, and text that is a number; booleans are not numbers.
pub(super) fn convert(value: Node<'_>) -> Option<f64> {
    match value.kind() {
        NodeKind::Float => fraction(value),
        NodeKind::Integer => integer(value).and_then(exact),
        NodeKind::String => {
            let text = value.as_str()?;
            match python::int(&text) {
                // What columns of integers take from text, columns of doubles must take too: one may become the other.
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
