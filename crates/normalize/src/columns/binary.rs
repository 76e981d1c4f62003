use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catchment_json::{Node, NodeKind};

use super::integer;

/// Converts text to bytes (hexadecimal after `0x`, else base64), and integers to their little-endian bytes.
pub(super) fn convert(value: Node<'_>) -> Option<Vec<u8>> {
    match value.kind() {
        NodeKind::String => {
            let text = value.as_str()?;
            match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(digits) => from_hex(digits),
                None => STANDARD.decode(text.as_bytes()).ok(),
            }
        }
        NodeKind::Integer => {
            let bytes = u64::try_from(integer(value)?).ok()?.to_le_bytes();
            let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            bytes.get(..length).map(<[u8]>::to_vec)
        }
        _ => None,
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}
