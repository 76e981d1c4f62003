use catchment_json::{Node, NodeKind};

use super::fraction;

/// Converts booleans, numbers (true unless zero) and words such as `yes` or `f`.
pub(super) fn convert(value: Node<'_>) -> Option<bool> {
    match value.kind() {
        NodeKind::Bool => value.as_bool(),
        NodeKind::Integer | NodeKind::Float => fraction(value).map(|n| n != 0.0),
        NodeKind::String => word(&value.as_str()?),
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
