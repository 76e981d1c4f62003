//! Typed getters over a lookup.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Found, FromValue, Key, Lookup, MissingField, Place, Scope, Searched, Secret, SettingsError};

/// Asks a [`Lookup`] for fields under some sections. Each getter gives `None` where the field
/// stands nowhere: the default is the caller's.
///
/// ```
/// use catchment_settings::{NoSettings, Settings, SettingsError};
///
/// let settings = Settings::new(&NoSettings).section(["sources", "github", "issues"]);
/// assert_eq!(settings.integer("page_size")?, None);
/// assert!(matches!(settings.require::<String>("owner"), Err(SettingsError::Missing(_))));
/// # Ok::<(), SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    lookup: &'a dyn Lookup,
    scope: Scope,
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
    pub fn get<T: FromValue>(&self, name: &str) -> Result<Option<T>, SettingsError> {
        let key = self.key::<T>(name);
        let Some(found) = self.lookup.find(&key)? else {
            return Ok(None);
        };
        match T::from_value(&found.value) {
            Some(value) => Ok(Some(value)),
            None => Err(SettingsError::Mismatch {
                name: name.to_owned(),
                expected: T::EXPECTED,
                found: found.value.describe(T::SECRET || found.masked),
                place: Box::new(found.place),
            }),
        }
    }

    /// The field as a `T`; where it stands nowhere, an error that lists every place looked at.
    pub fn require<T: FromValue>(&self, name: &str) -> Result<T, SettingsError> {
        self.get(name)?.ok_or_else(|| {
            SettingsError::Missing(vec![MissingField {
                name: name.to_owned(),
                expected: T::EXPECTED.to_owned(),
                secret: T::SECRET,
                searched: self.lookup.searched(&self.key::<T>(name)),
            }])
        })
    }

    /// The field as it stands, for one that takes several forms: credentials as one text or as a
    /// table of fields. `secret` says whether it may only stand among secrets.
    pub fn find(&self, name: &str, secret: bool) -> Result<Option<Found>, SettingsError> {
        self.lookup.find(&Key::new(self.scope.clone(), name, secret))
    }

    /// The variable of the environment that has exactly this name, whatever the sections; an error where it is not set.
    pub fn variable(&self, name: &str) -> Result<Secret, SettingsError> {
        self.lookup.variable(name).ok_or_else(|| {
            let places = vec![Place::new("environment", name)];
            SettingsError::Missing(vec![MissingField {
                name: name.to_owned(),
                expected: String::EXPECTED.to_owned(),
                secret: true,
                searched: Searched { places, notes: Vec::new() },
            }])
        })
    }

    /// A text; from the environment exactly what stands there.
    pub fn text(&self, name: &str) -> Result<Option<String>, SettingsError> {
        self.get(name)
    }

    /// A secret text. An error if it stands in a file that must not hold secrets.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, SettingsError> {
        self.get(name)
    }

    /// A path; a relative one stays relative.
    pub fn path(&self, name: &str) -> Result<Option<PathBuf>, SettingsError> {
        self.get(name)
    }

    /// A boolean: `yes`, `true`, `t`, `y`, `1`, `no`, `false`, `f`, `n`, `0` in any case.
    pub fn bool(&self, name: &str) -> Result<Option<bool>, SettingsError> {
        self.get(name)
    }

    /// A whole number of 0 or more.
    pub fn integer(&self, name: &str) -> Result<Option<u64>, SettingsError> {
        self.get(name)
    }

    /// A number; `inf` and `nan` are let through.
    pub fn float(&self, name: &str) -> Result<Option<f64>, SettingsError> {
        self.get(name)
    }

    /// A time span, written as a number of seconds with or without a fraction.
    pub fn seconds(&self, name: &str) -> Result<Option<Duration>, SettingsError> {
        self.get(name)
    }

    fn key<T: FromValue>(&self, name: &str) -> Key {
        Key::new(self.scope.clone(), name, T::SECRET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NoSettings, Value};

    /// Has the field `field` and no other.
    #[derive(Debug)]
    struct One {
        value: Value,
        masked: bool,
    }

    impl Lookup for One {
        fn find(&self, key: &Key) -> Result<Option<Found>, SettingsError> {
            Ok((key.name() == "field").then(|| Found {
                value: self.value.clone(),
                place: Place::new("environment", "FIELD"),
                masked: self.masked,
            }))
        }

        fn searched(&self, key: &Key) -> Searched {
            let variable = key.name().to_uppercase();
            Searched { places: vec![Place::new("environment", variable)], notes: vec![] }
        }
    }

    fn one(text: &str) -> One {
        One { value: Value::from(text), masked: false }
    }

    #[test]
    fn getters_convert_when_asked() -> Result<(), SettingsError> {
        let lookup = one("1");
        let settings = Settings::new(&lookup);
        assert_eq!(settings.text("field")?.as_deref(), Some("1"));
        assert_eq!(settings.secret("field")?, Some(Secret::from("1")));
        assert_eq!(settings.path("field")?, Some(PathBuf::from("1")));
        assert_eq!(settings.bool("field")?, Some(true));
        assert_eq!(settings.integer("field")?, Some(1));
        assert_eq!(settings.float("field")?, Some(1.0));
        assert_eq!(settings.seconds("field")?, Some(Duration::from_secs(1)));
        assert_eq!(settings.integer("other")?, None);
        Ok(())
    }

    #[test]
    fn a_mismatch_names_field_place_found_and_expected() {
        fn check<T: FromValue>(lookup: &One, expected: &str) {
            let error = Settings::new(lookup).get::<T>("field").map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        check::<bool>(
            &one("maybe"),
            "`field` must be true or false (or yes, no, 1, 0), \
             but FIELD (environment) holds the text \"maybe\": change it there",
        );
        let masked = One { value: Value::from("hunter2"), masked: true };
        check::<u64>(
            &masked,
            "`field` must be a whole number of 0 or more, \
             but FIELD (environment) holds a text (not shown): change it there",
        );
        let table = One { value: Value::Table([("password".to_owned(), Value::from("hunter2"))].into()), masked: false };
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
