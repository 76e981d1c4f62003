//! Settings in environment variables: `SOURCES__MYSRC__API_KEY`.

use catchment_settings::{FoundSetting, Secret, SettingKey, SettingLocation, SettingValue, SettingsError};

use crate::Environment;
use crate::environment::Variable;
use crate::providers::Provider;
use crate::providers::mounted::MountedFiles;

/// The provider for environment variables and mounted files. A variable name is the path in uppercase, joined by `__`.
/// Values are strings and are never converted. Mounted files are searched if the variable is not set.
#[derive(Debug)]
pub(crate) struct EnvironmentProvider {
    environment: Environment,
    mounted: MountedFiles,
}

impl EnvironmentProvider {
    pub(crate) fn new(environment: Environment, mounted: MountedFiles) -> Self {
        Self { environment, mounted }
    }
}

impl Provider for EnvironmentProvider {
    fn holds_secrets(&self) -> bool {
        true
    }

    fn is_empty(&self) -> bool {
        self.environment.is_empty() && self.mounted.is_empty()
    }

    fn get(&self, key: &SettingKey, _pipeline: Option<&str>, path: &[&str]) -> Result<Option<FoundSetting>, SettingsError> {
        let location = self.location(path);
        match self.environment.variable(&location.key) {
            None => self.mounted.get(key, &location.key),
            Some(Variable::Text(text)) => {
                Ok(Some(FoundSetting { value: SettingValue::Text(text.clone()), location, redact: false, misplaced: false }))
            }
            Some(Variable::Bytes(_)) => Err(SettingsError::Unreadable {
                name: key.name().to_owned(),
                location: Box::new(location),
                source: "the value is not valid UTF-8: set the variable again".into(),
            }),
        }
    }

    fn location(&self, path: &[&str]) -> SettingLocation {
        SettingLocation::variable(path.join("__").to_uppercase())
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.environment.get(name).map(Secret::from)
    }

    fn keys(&self) -> Vec<(Vec<String>, SettingLocation)> {
        let key = |name: &str| (name.to_lowercase().split("__").map(str::to_owned).collect(), SettingLocation::variable(name));
        self.environment.names().map(key).collect()
    }

    fn notes(&self) -> Vec<String> {
        self.mounted.notes()
    }
}

#[cfg(test)]
mod tests {
    use catchment_settings::Scope;

    use super::*;

    fn get(variables: Environment) -> Result<Option<FoundSetting>, SettingsError> {
        let key = SettingKey::new(Scope::new(), "api_key", true);
        EnvironmentProvider::new(variables, MountedFiles::default()).get(&key, None, &["sources", "mySrc", "api_key"])
    }

    #[test]
    fn values_are_unchanged_strings() {
        fn check(value: &str) {
            let found = get(Environment::from_iter([("SOURCES__MYSRC__API_KEY", value)]));
            let found = found.unwrap().unwrap();
            assert_eq!(found.value, SettingValue::from(value));
            assert_eq!(found.location.to_string(), "SOURCES__MYSRC__API_KEY (environment)");
        }
        for value in ["00712345", "true", "1.10", " padded ", "\"quoted\"", ""] {
            check(value);
        }
    }

    #[test]
    fn an_unset_variable_is_none() {
        assert_eq!(get(Environment::from_iter([("API_KEY", "a")])).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn invalid_utf8_is_an_error_without_the_value() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;

        let value = OsString::from_vec(b"hunter2\xff".to_vec());
        let error = get(Environment::from_iter([("SOURCES__MYSRC__API_KEY", value)])).unwrap_err();
        assert_eq!(error.to_string(), "failed to read `api_key` from SOURCES__MYSRC__API_KEY (environment)");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
