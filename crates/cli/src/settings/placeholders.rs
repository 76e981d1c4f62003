//! Settings of commands that send no requests.

use catchment_config::Config;
use catchment_settings::{
    FoundSetting, Lookup, LookupReport, Secret, SettingKey, SettingLocation, SettingValue, SettingsError, is_secret_name,
};

/// The value of secrets that are not set.
const PLACEHOLDER: &str = "unset-secret";

/// The settings of a project, with a placeholder for each secret that is not set. A replayed recording contains no secrets, so
/// it accepts any value.
#[derive(Debug, Clone)]
pub(crate) struct PlaceholderSettings(Config);

impl PlaceholderSettings {
    pub(crate) fn new(config: &Config) -> PlaceholderSettings {
        PlaceholderSettings(config.clone())
    }
}

impl Lookup for PlaceholderSettings {
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        let placeholder = || FoundSetting {
            value: SettingValue::Text(Secret::from(PLACEHOLDER)),
            location: SettingLocation::new("placeholder", key.name()),
            redact: true,
            misplaced: false,
        };
        Ok(self.0.find(key)?.or_else(|| key.is_secret().then(placeholder)))
    }

    fn report(&self, key: &SettingKey) -> LookupReport {
        self.0.report(key)
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.0.variable(name).or_else(|| is_secret_name(name).then(|| Secret::from(PLACEHOLDER)))
    }
}
