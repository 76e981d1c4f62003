//! Search for the end of a string, eight bytes at a time.

const ONES: u64 = u64::from_le_bytes([0x01; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
const SPACES: u64 = u64::from_le_bytes([0x20; 8]);

/// Returns the first position at or after `from` of a quote, a backslash or a control character.
///
/// Uses the "has zero byte" trick of Bit Twiddling Hacks. Subtraction borrows only upwards, so the lowest marked byte is
/// always a true match.
pub(crate) fn find_special(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|c| <[u8; 8]>::try_from(c).ok()) {
        let word = u64::from_le_bytes(chunk);
        let marks = (zero_bytes(word ^ QUOTES) | zero_bytes(word ^ BACKSLASHES) | (word.wrapping_sub(SPACES) & !word)) & HIGH;
        if marks != 0 {
            return Some(at + (marks.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).map(|i| at + i)
}

fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

#[cfg(test)]
mod tests {
    use super::find_special;

    fn naive(bytes: &[u8], from: usize) -> Option<usize> {
        (from..bytes.len()).find(|i| matches!(bytes[*i], b'"' | b'\\' | 0..=0x1f))
    }

    #[test]
    fn every_byte_at_every_position() {
        for byte in 0..=255u8 {
            for position in 0..20 {
                let mut text = vec![b'a'; 20];
                text[position] = byte;
                for from in 0..=20 {
                    assert_eq!(find_special(&text, from), naive(&text, from), "byte {byte} at {position}, from {from}");
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_a_naive_search(bytes: Vec<u8>, from in 0usize..40) {
            proptest::prop_assert_eq!(find_special(&bytes, from), naive(&bytes, from));
        }
    }
}
