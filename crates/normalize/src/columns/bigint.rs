use catchment_json::{Node, NodeKind};

use super::{decimal, integer, python};

/// Converts integers, numbers with an integer value such as `5.0`, and text with an integer, to an integer of `bits` bits.
/// Booleans are not converted.
pub(super) fn convert(value: Node<'_>, bits: u8) -> Option<i64> {
    let n = match value.kind() {
        NodeKind::Integer => integer(value),
        NodeKind::Float => decimal::convert(value, 38, 0).and_then(|n| i64::try_from(n).ok()),
        NodeKind::String => python::int(&value.as_str()?),
        _ => None,
    }?;
    let limit = match bits {
        ..=8 => i64::from(i8::MAX),
        9..=16 => i64::from(i16::MAX),
        17..=32 => i64::from(i32::MAX),
        _ => i64::MAX,
    };
    (-limit - 1..=limit).contains(&n).then_some(n)
}
