//! The environment of a run: clock and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

/// A source of time and randomness, replaceable for deterministic tests.
pub trait RunEnvironment: Send + Sync {
    /// Returns the current time in microseconds since 1970.
    fn now(&self) -> i64;

    /// Returns the random seed for the row ids of a package.
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
            // A unique seed suffices: it prevents equal ids, not guessing.
            let unique = (u128::from(std::process::id()) << 64) | u128::from(self.now().unsigned_abs());
            seed = unique.to_le_bytes();
        }
        seed
    }
}
