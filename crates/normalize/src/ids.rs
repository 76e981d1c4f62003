//! Ids of rows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use catchment_schema::short_hash;

/// What the ids of root rows are drawn from: 16 random bytes for each package.
///
/// The same seed gives the same ids, wherever batches begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdSeed([u64; 2]);

impl From<[u8; 16]> for IdSeed {
    fn from(bytes: [u8; 16]) -> Self {
        let number = u128::from_le_bytes(bytes);
        IdSeed([number as u64, (number >> 64) as u64])
    }
}

impl IdSeed {
    /// The id of row `row` of page `ordinal`: 80 bits, 14 characters.
    pub(crate) fn root_id(self, ordinal: u64, row: u64) -> String {
        let [low, high] = self.0;
        let position = mix(ordinal ^ high).wrapping_add(row);
        let first = mix(position ^ low).to_le_bytes();
        let second = mix(position.rotate_left(32) ^ high).to_le_bytes();
        let mut bytes = [0; 10];
        for (byte, random) in bytes.iter_mut().zip(first.into_iter().chain(second)) {
            *byte = random;
        }
        STANDARD_NO_PAD.encode(bytes)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a bijection, so that different positions keep
/// different numbers.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The id of row `index` of the list in table `table` below the row `parent`: the same whoever computes it.
pub(crate) fn child_id(parent: &str, table: &str, index: i64) -> String {
    short_hash::<10>(&format!("{parent}_{table}_{index}"))
}

#[cfg(test)]
mod tests {
    use super::{IdSeed, child_id};
    use std::collections::HashSet;

    #[test]
    fn child_ids_are_those_of_the_reference() {
        assert_eq!(child_id("parentid", "t__children", 3), "cBocD5ba8OPb1g");
    }

    #[test]
    fn root_ids_differ_by_seed_page_and_row() {
        let mut seen = HashSet::new();
        for seed in [[1; 16], [2; 16]] {
            for page in 0..50 {
                for row in 0..100 {
                    let id = IdSeed::from(seed).root_id(page, row);
                    assert_eq!(id.len(), 14);
                    assert!(seen.insert(id), "{seed:?} {page} {row}");
                }
            }
        }
    }
}
