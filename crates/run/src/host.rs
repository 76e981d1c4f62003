//! What a run takes from the machine: the time, and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where time and randomness come from, so that tests can be exact.
pub trait RunEnvironment: Send + Sync {
    /// Microseconds since 1970.
    fn now(&self) -> i64;

    /// What the ids of a package's rows are drawn from.
    fn seed(&self) -> [u8; 16];
}

/// The clock and the randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEnvironment;

impl RunEnvironment for SystemEnvironment {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn seed(&self) -> [u8; 16] {
        let mut seed = [0; 16];
        if getrandom::fill(&mut seed).is_err() {
            // Unique is enough: the seed guards against equal ids, not against guessing.
            let unique = (u128::from(std::process::id()) << 64) | u128::from(self.now().unsigned_abs());
            seed = unique.to_le_bytes();
        }
        seed
    }
}
