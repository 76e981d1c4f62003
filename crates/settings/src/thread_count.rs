//! Thread counts.

use crate::{FromSettingValue, SettingValue};

/// A thread count from 1 to 1,024: more than the cores of common machines, and few enough to start.
///
/// ```
/// use catchment_settings::{FromSettingValue, ThreadCount};
///
/// assert_eq!(ThreadCount::from_value(&"8".into()).map(ThreadCount::get), Some(8));
/// assert!(ThreadCount::from_value(&"100000".into()).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadCount(usize);

impl ThreadCount {
    /// The maximum.
    pub const MAX: usize = 1024;

    /// Returns the count.
    pub fn get(self) -> usize {
        self.0
    }
}

impl FromSettingValue for ThreadCount {
    const EXPECTED: &'static str = "an integer from 1 to 1024";

    fn from_value(value: &SettingValue) -> Option<Self> {
        usize::from_value(value).filter(|threads| (1..=ThreadCount::MAX).contains(threads)).map(ThreadCount)
    }

    fn to_toml(&self) -> String {
        self.0.to_toml()
    }
}
