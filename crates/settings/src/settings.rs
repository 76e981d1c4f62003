//! Typed getters over a lookup.

use crate::{
    FieldReader, FoundSetting, FromSettingValue, FromSettings, Lookup, LookupReport, MissingField, Scope, Secret, SettingKey,
    SettingLocation, SettingsError,
};

/// Asks a [`Lookup`] for fields under some sections. Each getter gives `None` where the field
/// stands nowhere: the default is the caller's.
///
/// ```
/// use catchment_settings::{NoSettings, Settings, SettingsError};
///
/// let settings = Settings::new(&NoSettings).section(["sources", "github", "issues"]);
/// assert_eq!(settings.get::<u64>("page_size")?, None);
/// assert!(matches!(settings.require::<String>("owner"), Err(SettingsError::Missing(_))));
/// # Ok::<(), SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    pub(crate) lookup: &'a dyn Lookup,
    pub(crate) scope: Scope,
}

impl<'a> Settings<'a> {
    /// Settings under no section.
    pub fn new(lookup: &'a dyn Lookup) -> Self {
        Self { lookup, scope: Scope::new() }
    }

    /// Adds sections, from the outermost inwards: the field is looked for under all of them first,
    /// then with the last left out, and so on up to none. So `section(["normalize"])` also finds
    /// the field at the top; where that must not be, take [`fixed`](Settings::fixed).
    #[must_use]
    pub fn section<S: Into<String>>(mut self, sections: impl IntoIterator<Item = S>) -> Self {
        self.scope = self.scope.section(sections);
        self
    }

    /// Sets the section that stands in every place that is looked at, such as `runtime`.
    #[must_use]
    pub fn fixed(mut self, section: impl Into<String>) -> Self {
        self.scope = self.scope.fixed(section);
        self
    }

    /// Goes into the configuration that is nested in a field, such as `credentials`.
    #[must_use]
    pub fn nested(mut self, field: impl Into<String>) -> Self {
        self.scope = self.scope.nested(field);
        self
    }

    /// The field as a `T`. An error if it stands where it must not, or cannot be read as a `T`.
    pub fn get<T: FromSettingValue>(&self, name: &str) -> Result<Option<T>, SettingsError> {
        self.lookup.find(&self.key::<T>(name))?.map(|found| convert(name, found)).transpose()
    }

    /// The field as a `T`; where it stands nowhere, an error that lists every place looked at.
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

    /// The field as it stands, for one that takes several forms: credentials as one text or as a
    /// table of fields. `secret` says whether it may only stand among secrets.
    pub fn find(&self, name: &str, secret: bool) -> Result<Option<FoundSetting>, SettingsError> {
        self.lookup.find(&SettingKey::new(self.scope.clone(), name, secret))
    }

    /// The variable of the environment that has exactly this name, whatever the sections; an error where it is not set.
    pub fn variable(&self, name: &str) -> Result<Secret, SettingsError> {
        self.lookup.variable(name).ok_or_else(|| {
            let places = vec![SettingLocation::variable(name)];
            SettingsError::Missing(vec![MissingField {
                name: name.to_owned(),
                expected: String::EXPECTED.to_owned(),
                secret: true,
                searched: LookupReport { locations: places, ..LookupReport::default() },
            }])
        })
    }

    /// All fields of a type that declares them.
    ///
    /// # Errors
    ///
    /// All that is missing or wrong, at once.
    pub fn read<T: FromSettings>(&self) -> Result<T, SettingsError> {
        let mut fields = FieldReader::new(T::scope(self.clone()));
        let read = T::read(&mut fields);
        fields.finish(read)
    }

    /// All values that a key has, in lookup order: the first one counts.
    ///
    /// # Errors
    ///
    /// Where one cannot be read.
    pub fn candidates(&self, key: &SettingKey) -> Result<Vec<FoundSetting>, SettingsError> {
        self.lookup.candidates(key)
    }

    /// What is asked of the lookup for the field as a `T`.
    pub fn key<T: FromSettingValue>(&self, name: &str) -> SettingKey {
        SettingKey::new(self.scope.clone(), name, T::SECRET)
    }
}

/// What was found as a `T`.
pub(crate) fn convert<T: FromSettingValue>(name: &str, found: FoundSetting) -> Result<T, SettingsError> {
    let masked = T::SECRET || found.redact;
    T::from_value(&found.value).ok_or_else(|| mismatch(name, T::EXPECTED.to_owned(), &FoundSetting { redact: masked, ..found }))
}

/// The error of a value that is not what is expected.
pub(crate) fn mismatch(name: &str, expected: String, found: &FoundSetting) -> SettingsError {
    SettingsError::InvalidValue {
        name: name.to_owned(),
        expected,
        found: found.value.describe(found.redact),
        location: Box::new(found.location.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;
    use crate::{NoSettings, SettingValue};

    /// Has the field `field` and no other.
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
    fn getters_convert_when_asked() -> Result<(), SettingsError> {
        let lookup = one("1");
        let settings = Settings::new(&lookup);
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
    fn a_mismatch_names_field_place_found_and_expected() {
        fn check<T: FromSettingValue>(lookup: &One, expected: &str) {
            let error = Settings::new(lookup).get::<T>("field").map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        check::<bool>(
            &one("maybe"),
            "`field` must be true or false (or yes, no, 1, 0), \
             but FIELD (environment) holds the text \"maybe\": change it there",
        );
        let masked = One { value: SettingValue::from("hunter2"), redact: true };
        check::<u64>(
            &masked,
            "`field` must be a whole number of 0 or more, \
             but FIELD (environment) holds a text (not shown): change it there",
        );
        let table =
            One { value: SettingValue::Table([("password".to_owned(), SettingValue::from("hunter2"))].into()), redact: false };
        check::<Secret>(&table, "`field` must be text, but FIELD (environment) holds a table: change it there");
    }

    #[test]
    fn a_required_field_that_is_missing_says_where_it_was_looked_for() {
        fn check(lookup: &dyn Lookup, expected: &str) {
            let error = Settings::new(lookup).require::<Secret>("api_key").unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        check(
            &one(""),
            "a setting is missing: `api_key` (text, secret)\n\
             looked for `api_key` in this order:\n  API_KEY (environment)\n\
             set one of these places; those further up win",
        );
        check(
            &NoSettings,
            "a setting is missing: `api_key` (text, secret)\n\
             the program runs without configuration",
        );
    }
}
