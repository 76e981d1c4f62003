//! Who holds settings.

use std::fmt;

use catchment_settings::{Found, Key, Place, Secret, SettingsError};

mod environment;
mod toml_file;
mod toml_source;

pub(crate) use environment::EnvironmentProvider;
pub(crate) use toml_file::TomlProvider;

/// One holder of settings. It knows paths, and nothing of the order in which they are looked at.
/// Its `Debug` shows no value.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// Whether secrets may stand here.
    fn holds_secrets(&self) -> bool;

    /// Whether it holds nothing at all, so that asking it is of no use.
    fn is_empty(&self) -> bool;

    /// What stands at the path. `key` is for errors.
    fn get(&self, key: &Key, path: &[&str]) -> Result<Option<Found>, SettingsError>;

    /// How the path is written here.
    fn place(&self, path: &[&str]) -> Place;

    /// The variable of the environment that has exactly this name, where they are held here.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }

    /// A line on what was read and what is not there, for the error of a missing setting.
    fn note(&self) -> Option<String>;
}
