//! Providers of settings.

use std::fmt;

use catchment_settings::{FoundSetting, Secret, SettingKey, SettingLocation, SettingsError};

mod environment;
mod layered_entries;
mod mounted;
mod toml_file;
mod toml_source;
mod vault;

pub(crate) use environment::EnvironmentProvider;
pub(crate) use layered_entries::json_value;
pub(crate) use mounted::MountedFiles;
pub(crate) use toml_file::{TomlProvider, from_figment as toml_value, quote_key as toml_part};
pub(crate) use vault::VaultProvider;

/// A provider of settings by path. The lookup order is the task of [`Config`](crate::Config). `Debug` shows no values.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// Returns whether the provider may hold secrets.
    fn holds_secrets(&self) -> bool;

    /// Returns whether the provider has no settings, so that lookups can skip it.
    fn is_empty(&self) -> bool;

    /// Returns the value at the path for a lookup of `key`. If `pipeline` is set, it is the first part of the path.
    fn get(&self, key: &SettingKey, pipeline: Option<&str>, path: &[&str]) -> Result<Option<FoundSetting>, SettingsError>;

    /// Returns the location of the path, in the spelling of the provider.
    fn location(&self, path: &[&str]) -> SettingLocation;

    /// Returns the environment variable with exactly this name, if the provider holds variables.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }

    /// Returns the paths with values, as far as they are known without a request.
    fn keys(&self) -> Vec<(Vec<String>, SettingLocation)>;

    /// Returns lines about what was read and what is missing, for the error about a missing setting.
    fn notes(&self) -> Vec<String>;
}
