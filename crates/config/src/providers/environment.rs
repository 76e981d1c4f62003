//! Settings in environment variables: `SOURCES__MYSRC__API_KEY`.

use catchment_settings::{Found, Key, Place, Secret, SettingsError, Value};

use crate::Environment;
use crate::environment::Variable;
use crate::providers::Provider;
use crate::providers::mounted::Mounted;

/// Names are the path joined by `__`, in upper case. Values are texts, never retyped. What no variable has may be in a
/// mounted file.
#[derive(Debug)]
pub(crate) struct EnvironmentProvider {
    environment: Environment,
    mounted: Mounted,
}

impl EnvironmentProvider {
    pub(crate) fn new(environment: Environment, mounted: Mounted) -> Self {
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

    fn get(&self, key: &Key, _pipeline: Option<&str>, path: &[&str]) -> Result<Option<Found>, SettingsError> {
        let place = self.place(path);
        match self.environment.variable(&place.key) {
            None => self.mounted.get(key, &place.key),
            Some(Variable::Text(text)) => {
                Ok(Some(Found { value: Value::Text(text.clone()), place, masked: false, misplaced: false }))
            }
            Some(Variable::Bytes(_)) => Err(SettingsError::Unreadable {
                name: key.name().to_owned(),
                place: Box::new(place),
                source: "it is not UTF-8: set the variable anew".into(),
            }),
        }
    }

    fn place(&self, path: &[&str]) -> Place {
        Place::variable(path.join("__").to_uppercase())
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.environment.get(name).map(Secret::from)
    }

    fn keys(&self) -> Vec<(Vec<String>, Place)> {
        let key = |name: &str| (name.to_lowercase().split("__").map(str::to_owned).collect(), Place::variable(name));
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

    fn get(variables: Environment) -> Result<Option<Found>, SettingsError> {
        let key = Key::new(Scope::new(), "api_key", true);
        EnvironmentProvider::new(variables, Mounted::default()).get(&key, None, &["sources", "mySrc", "api_key"])
    }

    #[test]
    fn a_value_is_a_text_as_it_stands() {
        fn check(value: &str) {
            let found = get(Environment::from_iter([("SOURCES__MYSRC__API_KEY", value)]));
            let found = found.unwrap().unwrap();
            assert_eq!(found.value, Value::from(value));
            assert_eq!(found.place.to_string(), "SOURCES__MYSRC__API_KEY (environment)");
        }
        for value in ["00712345", "true", "1.10", " padded ", "\"quoted\"", ""] {
            check(value);
        }
    }

    #[test]
    fn what_is_not_set_is_none() {
        assert_eq!(get(Environment::from_iter([("API_KEY", "a")])).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_utf8_is_an_error_without_the_value() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;

        let value = OsString::from_vec(b"hunter2\xff".to_vec());
        let error = get(Environment::from_iter([("SOURCES__MYSRC__API_KEY", value)])).unwrap_err();
        assert_eq!(error.to_string(), "failed to read `api_key` from SOURCES__MYSRC__API_KEY (environment)");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}
