//! Typed getters for settings.

use crate::{
    FieldReader, FoundSetting, FromSettingValue, FromSettings, Lookup, LookupReport, MissingField, Scope, Secret, SettingKey,
    SettingLocation, SettingsError, is_secret_name,
};

/// Typed access to the fields of a scope in a [`Lookup`]. Getters return `None` for fields that are not set; the caller
/// chooses the default.
///
/// ```
/// use catchment_settings::{NoSettings, ScopedSettings, SettingsError};
///
/// let settings = ScopedSettings::new(&NoSettings).section(["sources", "github", "issues"]);
/// assert_eq!(settings.get::<u64>("page_size")?, None);
/// assert!(matches!(settings.require::<String>("owner"), Err(SettingsError::Missing(_))));
/// # Ok::<(), SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ScopedSettings<'a> {
    pub(crate) lookup: &'a dyn Lookup,
    pub(crate) scope: Scope,
}

impl<'a> ScopedSettings<'a> {
    /// Creates settings without sections.
    pub fn new(lookup: &'a dyn Lookup) -> Self {
        Self { lookup, scope: Scope::new() }
    }

    /// Adds sections, outermost first. The lookup tries all of them first, then drops the innermost one at a time until
    /// none is left. So `section(["normalize"])` also finds the field at the top level; use [`fixed`](ScopedSettings::fixed) to
    /// exclude that.
    #[must_use]
    pub fn section<S: Into<String>>(mut self, sections: impl IntoIterator<Item = S>) -> Self {
        self.scope = self.scope.section(sections);
        self
    }

    /// Sets the section that is part of every location, such as `runtime`.
    #[must_use]
    pub fn fixed(mut self, section: impl Into<String>) -> Self {
        self.scope = self.scope.fixed(section);
        self
    }

    /// Narrows the scope to the nested configuration in a field, such as `credentials`.
    #[must_use]
    pub fn nested(mut self, field: impl Into<String>) -> Self {
        self.scope = self.scope.nested(field);
        self
    }

    /// Returns the field as a `T`, or `None` if it is not set.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not a `T`, cannot be read, or is a secret in a location where secrets are not
    /// allowed.
    pub fn get<T: FromSettingValue>(&self, name: &str) -> Result<Option<T>, SettingsError> {
        self.lookup.find(&self.key::<T>(name))?.map(|found| convert(name, found)).transpose()
    }

    /// Returns the required field as a `T`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`get`](ScopedSettings::get), and an error that lists every searched location if the field is not
    /// set.
    pub fn require<T: FromSettingValue>(&self, name: &str) -> Result<T, SettingsError> {
        self.get(name)?.ok_or_else(|| {
            SettingsError::Missing(vec![MissingField {
                name: name.to_owned(),
                expected: T::EXPECTED.to_owned(),
                secret: T::SECRET,
                searched: self.lookup.report(&self.key::<T>(name)),
            }])
        })
    }

    /// Returns the unconverted field, for a field with several forms, such as credentials as one string or as a table.
    /// A `secret` is allowed only in providers that hold secrets.
    ///
    /// # Errors
    ///
    /// Returns an error if the value cannot be read, or is a secret in a location where secrets are not allowed.
    pub fn find(&self, name: &str, secret: bool) -> Result<Option<FoundSetting>, SettingsError> {
        self.lookup.find(&SettingKey::new(self.scope.clone(), name, secret))
    }

    /// Returns the environment variable with exactly this name, independent of sections.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable is not set.
    pub fn variable(&self, name: &str) -> Result<Secret, SettingsError> {
        self.lookup.variable(name).ok_or_else(|| {
            let locations = vec![SettingLocation::variable(name)];
            SettingsError::Missing(vec![MissingField {
                name: name.to_owned(),
                expected: String::EXPECTED.to_owned(),
                secret: true,
                searched: LookupReport { locations, ..LookupReport::default() },
            }])
        })
    }

    /// Reads a type that declares its fields.
    ///
    /// # Errors
    ///
    /// Returns one error with every missing and invalid field.
    pub fn read<T: FromSettings>(&self) -> Result<T, SettingsError> {
        let mut fields = FieldReader::new(T::scope(self.clone()));
        let read = T::read(&mut fields);
        fields.finish(read)
    }

    /// Returns all values of a key in lookup order; the first takes precedence.
    ///
    /// # Errors
    ///
    /// Returns an error if a value cannot be read.
    pub fn candidates(&self, key: &SettingKey) -> Result<Vec<FoundSetting>, SettingsError> {
        self.lookup.candidates(key)
    }

    /// Returns the key of the field as a `T`.
    pub fn key<T: FromSettingValue>(&self, name: &str) -> SettingKey {
        SettingKey::new(self.scope.clone(), name, T::SECRET)
    }
}

/// Converts a found value to a `T`.
pub(crate) fn convert<T: FromSettingValue>(name: &str, found: FoundSetting) -> Result<T, SettingsError> {
    let masked = T::SECRET || found.redact;
    T::from_value(&found.value).ok_or_else(|| mismatch(name, T::EXPECTED.to_owned(), &FoundSetting { redact: masked, ..found }))
}

/// Returns the error for an unexpected value.
pub(crate) fn mismatch(name: &str, expected: String, found: &FoundSetting) -> SettingsError {
    // `enable_aws_secrets` is no secret
    let is_secret = is_secret_name(name) && !name.starts_with("enable_");
    SettingsError::InvalidValue {
        name: name.to_owned(),
        expected,
        found: found.value.describe(found.redact || is_secret),
        location: Box::new(found.location.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::{NoSettings, SettingValue};

    /// A lookup with the single field `field`.
    #[derive(Debug)]
    struct One {
        value: SettingValue,
        redact: bool,
    }

    impl Lookup for One {
        fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
            Ok((key.name() == "field").then(|| FoundSetting {
                value: self.value.clone(),
                location: SettingLocation::new("environment", "FIELD"),
                redact: self.redact,
                misplaced: false,
            }))
        }

        fn report(&self, key: &SettingKey) -> LookupReport {
            let variable = key.name().to_uppercase();
            LookupReport { locations: vec![SettingLocation::new("environment", variable)], ..LookupReport::default() }
        }
    }

    fn one(text: &str) -> One {
        One { value: SettingValue::from(text), redact: false }
    }

    #[test]
    fn getters_convert_values() -> Result<(), SettingsError> {
        let lookup = one("1");
        let settings = ScopedSettings::new(&lookup);
        assert_eq!(settings.get::<String>("field")?.as_deref(), Some("1"));
        assert_eq!(settings.get::<Secret>("field")?, Some(Secret::from("1")));
        assert_eq!(settings.get::<PathBuf>("field")?, Some(PathBuf::from("1")));
        assert_eq!(settings.get::<bool>("field")?, Some(true));
        assert_eq!(settings.get::<u64>("field")?, Some(1));
        assert_eq!(settings.get::<f64>("field")?, Some(1.0));
        assert_eq!(settings.get::<Duration>("field")?, Some(Duration::from_secs(1)));
        assert_eq!(settings.get::<u64>("other")?, None);
        Ok(())
    }

    #[test]
    fn a_mismatch_names_field_location_found_and_expected() {
        fn check<T: FromSettingValue>(lookup: &One, expected: &str) {
            let error = ScopedSettings::new(lookup).get::<T>("field").map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        check::<bool>(
            &one("maybe"),
            "`field` must be true or false (or yes, no, 1, 0), \
             but FIELD (environment) holds the string \"maybe\"",
        );
        let masked = One { value: SettingValue::from("hunter2"), redact: true };
        check::<u64>(
            &masked,
            "`field` must be a non-negative integer, \
             but FIELD (environment) holds a string (hidden)",
        );
        let table =
            One { value: SettingValue::Table([("password".to_owned(), SettingValue::from("hunter2"))].into()), redact: false };
        check::<Secret>(&table, "`field` must be a string, but FIELD (environment) holds a table");
    }

    #[test]
    fn values_of_fields_with_secret_names_are_hidden() {
        #[track_caller]
        fn check(name: &str, expected: &str) {
            let found = One { value: SettingValue::from("hunter2"), redact: false };
            let found = found.find(&SettingKey::new(Scope::new(), "field", false)).unwrap().unwrap();
            assert!(mismatch(name, "a number".to_owned(), &found).to_string().ends_with(expected), "{name}");
        }
        check("page_size", "holds the string \"hunter2\"");
        check("api_key", "holds a string (hidden)");
        check("enable_aws_secrets", "holds the string \"hunter2\"");
    }

    #[test]
    fn a_missing_required_field_lists_searched_locations() {
        fn check(lookup: &dyn Lookup, expected: &str) {
            let error = ScopedSettings::new(lookup).require::<Secret>("api_key").unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        check(
            &one(""),
            "a setting is missing: `api_key` (a string, secret)\n\
             looked for `api_key` in this order:\n  API_KEY (environment)\n\
             use one of these locations; earlier ones take precedence",
        );
        check(
            &NoSettings,
            "a setting is missing: `api_key` (a string, secret)\n\
             this program reads no configuration",
        );
    }
}
