//! Numbers of threads.

use crate::{FromSettingValue, SettingValue};

/// A number of threads, from 1 to 1,024: more than machines have cores for, and few enough to be started.
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
    /// The largest number.
    pub const MAX: usize = 1024;

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl FromSettingValue for ThreadCount {
    const EXPECTED: &'static str = "a whole number from 1 to 1024";

    fn from_value(value: &SettingValue) -> Option<Self> {
        usize::from_value(value).filter(|threads| (1..=ThreadCount::MAX).contains(threads)).map(ThreadCount)
    }

    fn to_toml(&self) -> String {
        self.0.to_toml()
    }
}
