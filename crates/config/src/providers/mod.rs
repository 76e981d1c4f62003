//! Who holds settings.

use std::fmt;

use catchment_settings::{Found, Key, Place, Secret, SettingsError};

mod document;
mod environment;
mod mounted;
mod toml_file;
mod toml_source;
mod vault;

pub(crate) use document::json_value;
pub(crate) use environment::EnvironmentProvider;
pub(crate) use mounted::Mounted;
pub(crate) use toml_file::{TomlProvider, value as toml_value, written as toml_part};
pub(crate) use vault::VaultProvider;

/// One holder of settings. It knows paths, and nothing of the order in which they are looked at.
/// Its `Debug` shows no value.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// Whether secrets may stand here.
    fn holds_secrets(&self) -> bool;

    /// Whether it holds nothing at all, so that asking it is of no use.
    fn is_empty(&self) -> bool;

    /// What stands at the path, the first part of which is `pipeline`, if there is one. `key` is what is asked for.
    fn get(&self, key: &Key, pipeline: Option<&str>, path: &[&str]) -> Result<Option<Found>, SettingsError>;

    /// How the path is written here.
    fn place(&self, path: &[&str]) -> Place;

    /// The variable of the environment that has exactly this name, where they are held here.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }

    /// The keys that have values here, as paths, as far as they are known without asking anybody.
    fn keys(&self) -> Vec<(Vec<String>, Place)>;

    /// Lines on what was read and what is not there, for the error of a missing setting.
    fn notes(&self) -> Vec<String>;
}
