use catchment_json::{Kind, Node};

use super::{fraction, integer, python};

/// Integers take whole fractions and text that is one; booleans are not numbers.
pub(super) fn convert(value: Node<'_>) -> Option<i64> {
    match value.kind() {
        Kind::Integer => integer(value),
        Kind::Fraction => fraction(value).and_then(whole),
        Kind::Text => python::int(&value.text()?),
        _ => None,
    }
}

/// The integer that a fraction is, where it is one of 64 bits.
fn whole(n: f64) -> Option<i64> {
    // Both bounds are exact as doubles; the upper one is the first that does not fit.
    (n.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&n)).then_some(n as i64)
}
