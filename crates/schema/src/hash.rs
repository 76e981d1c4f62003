//! Content hashes of stored documents, row ids and shortened names.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use catchment_json::{Value, write_value};
use sha3::{Digest, Sha3_256};
use shake::Shake128;
use shake::digest::{ExtendableOutput as _, Update as _};

use crate::Schema;

/// Returns the base64-encoded SHA3-256 of `document` as compact JSON with sorted keys, followed by the bytes of `more`.
pub fn document_hash<'a>(document: &Value, more: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    write_value(document, true, &mut text);
    let mut hasher = Sha3_256::new_with_prefix(text);
    for part in more {
        Digest::update(&mut hasher, part);
    }
    STANDARD.encode(hasher.finalize())
}

/// Returns [`short_digest`] in base64 without padding. Row ids use 10 bytes, hashes of boundary rows 9, tags of shortened
/// names 4.
pub fn short_hash<const N: usize>(text: &str) -> String {
    STANDARD_NO_PAD.encode(short_digest::<N>(text))
}

/// Returns the first `N` bytes of the SHAKE128 of `text`.
pub fn short_digest<const N: usize>(text: &str) -> [u8; N] {
    let mut hasher = Shake128::default();
    hasher.update(text.as_bytes());
    let mut digest = [0; N];
    hasher.finalize_xof_into(&mut digest);
    digest
}

/// Computes dlt's version hash: of the content without versions and hashes, then the table names in alphabetical order, each
/// followed by its column names in stored order.
pub(crate) fn version_hash(schema: &Schema) -> String {
    let mut content = schema.to_value();
    if let Some(object) = content.as_object_mut() {
        for key in ["version", "version_hash", "imported_version_hash", "previous_hashes"] {
            object.shift_remove(key);
        }
    }
    let mut tables: Vec<_> = schema.tables.values().collect();
    tables.sort_unstable_by_key(|table| table.name.as_str());
    let names =
        tables.into_iter().flat_map(|table| std::iter::once(table.name.as_str()).chain(table.columns.keys().map(String::as_str)));
    document_hash(&content, names)
}

#[cfg(test)]
mod tests {
    use super::short_hash;

    #[test]
    fn hashes_match_dlt() {
        assert_eq!(short_hash::<10>("parentid_t__children_3"), "cBocD5ba8OPb1g");
        assert_eq!(short_hash::<10>(r#"{"id":5}"#), "k2m2W4pvOwjKag");
        assert_eq!(short_hash::<9>("2"), "Tp44cKMYfAuJ");
    }
}
