use catchment_json::{Kind, Node};

use super::fraction;

/// Booleans take numbers, of which all but zero are true, and the usual words.
pub(super) fn convert(value: Node<'_>) -> Option<bool> {
    match value.kind() {
        Kind::Bool => value.bool(),
        Kind::Integer | Kind::Fraction => fraction(value).map(|n| n != 0.0),
        Kind::Text => word(&value.text()?),
        _ => None,
    }
}

fn word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" => Some(true),
        "no" | "false" | "f" | "n" | "0" => Some(false),
        _ => None,
    }
}
