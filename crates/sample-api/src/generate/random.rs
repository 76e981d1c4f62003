//! A pseudo-random number generator (splitmix64), implemented here so that a dataset is the same on
//! every machine and with every library version.

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output function of splitmix64, a bijection.
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The purpose of a sequence. Each purpose has a separate sequence, so that a change to one part of an
/// issue does not affect the other parts.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Facts = 1,
    Times,
    Edits,
    Title,
    Labels,
    Content,
    Body,
}

/// A sequence of pseudo-random numbers.
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    /// Creates the sequence for a purpose, a number (such as an issue number) and a revision.
    pub(super) fn new(seed: u64, purpose: Purpose, number: u64, revision: u64) -> Self {
        let key = mix(seed ^ mix(purpose as u64));
        Self(mix(key ^ mix(number)) ^ mix(revision))
    }

    fn next(&mut self) -> u64 {
        let output = mix(self.0);
        self.0 = self.0.wrapping_add(GAMMA);
        output
    }

    /// Returns a number from 0 to `bound - 1`, or 0 if `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// Returns true in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Picks an element.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, elements: &[T; N]) -> T {
        const { assert!(N > 0) };
        elements[self.below(N as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_matches_splitmix64() {
        // the first outputs of other implementations for seed 0
        let mut random = Random(0);
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]
        );
    }

    #[test]
    fn below_returns_every_number_below_the_bound() {
        let mut random = Random::new(1, Purpose::Facts, 2, 3);
        let mut seen = [0; 5];
        for _ in 0..1_000 {
            seen[random.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|&times| times > 100), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
