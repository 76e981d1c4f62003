//! Who holds settings.

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

/// One holder of settings. It knows paths, and nothing of the order in which they are looked at.
/// Its `Debug` shows no value.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// Whether secrets may stand here.
    fn holds_secrets(&self) -> bool;

    /// Whether it holds nothing at all, so that asking it is of no use.
    fn is_empty(&self) -> bool;

    /// What stands at the path, the first part of which is `pipeline`, if there is one. `key` is what is asked for.
    fn get(&self, key: &SettingKey, pipeline: Option<&str>, path: &[&str]) -> Result<Option<FoundSetting>, SettingsError>;

    /// How the path is written here.
    fn location(&self, path: &[&str]) -> SettingLocation;

    /// The variable of the environment that has exactly this name, where they are held here.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }

    /// The keys that have values here, as paths, as far as they are known without asking anybody.
    fn keys(&self) -> Vec<(Vec<String>, SettingLocation)>;

    /// Lines on what was read and what is not there, for the error of a missing setting.
    fn notes(&self) -> Vec<String>;
}
