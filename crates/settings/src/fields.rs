//! Typed declarations of settings.

use crate::scoped_settings::{convert, mismatch};
use crate::{FieldDeclaration, FromSettingValue, ScopedSettings, SettingValue, SettingsError};

/// A configuration type that declares its fields: names, types, defaults and secrets. The same declaration reads,
/// documents and explains the settings.
///
/// ```
/// use catchment_settings::{FromSettings, FieldReader, IncompleteSettings, NoSettings, Secret, ScopedSettings, declared_fields};
///
/// struct Mail {
///     host: String,
///     port: u16,
///     password: Secret,
/// }
///
/// impl FromSettings for Mail {
///     fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
///         settings.section(["mail"])
///     }
///
///     fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
///         let host = fields.required("host", "The host name.");
///         let password = fields.required("password", "The password.");
///         let port = fields.with_default("port", "The port.", 587);
///         Ok(Mail { host: host?, port, password: password? })
///     }
/// }
///
/// let error = ScopedSettings::new(&NoSettings).read::<Mail>().map(|mail| (mail.host, mail.port, mail.password)).unwrap_err();
/// assert!(error.to_string().starts_with("2 settings are missing: `host` (a string), `password` (a string, secret)"));
/// let shown: Vec<String> = declared_fields::<Mail>(&ScopedSettings::new(&NoSettings)).iter().map(|field| field.path()).collect();
/// assert_eq!(shown, ["mail.host", "mail.password", "mail.port"]);
/// ```
pub trait FromSettings: Sized {
    /// Adds the sections of the fields to `settings`.
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_>;

    /// Reads each field. Read all required fields before the first `?`, so that one error names every missing field.
    ///
    /// # Errors
    ///
    /// Returns [`IncompleteSettings`] if a required field is missing or invalid.
    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings>;
}

/// The marker for a missing or invalid required field; [`FieldReader`] records the error itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncompleteSettings(pub(crate) ());

/// Declares and reads the fields of a [`FromSettings`] type. Records errors until all fields are read.
#[derive(Debug)]
pub struct FieldReader<'a> {
    pub(crate) settings: ScopedSettings<'a>,
    pub(crate) declared: Vec<FieldDeclaration>,
    problems: Vec<SettingsError>,
}

impl<'a> FieldReader<'a> {
    pub(crate) fn new(settings: ScopedSettings<'a>) -> FieldReader<'a> {
        FieldReader { settings, declared: Vec::new(), problems: Vec::new() }
    }

    /// Reads an optional field.
    pub fn optional<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.declare::<T>(name, about, None, false);
        self.get(name)
    }

    /// Reads a field with a default.
    pub fn with_default<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str, default: T) -> T {
        self.declare::<T>(name, about, Some(default.to_toml()), false);
        self.get(name).unwrap_or(default)
    }

    /// Reads a field that is one of several case-insensitive words, each with a value. Documentation shows the default
    /// as the first word with that value.
    pub fn choice<T: Copy + PartialEq>(
        &mut self,
        name: &'static str,
        about: &'static str,
        words: &[(&'static str, T)],
        default: T,
    ) -> T {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let expected = format!("one of {}", known.join(", "));
        let shown = words.iter().find(|(_, value)| *value == default).map(|(word, _)| format!("{word:?}"));
        let key = self.settings.key::<String>(name);
        self.declared.push(FieldDeclaration {
            key,
            description: about,
            expected: expected.clone(),
            default: shown,
            required: false,
        });
        let found = self.settings.find(name, false);
        let Some(found) = self.ok_or_record(found) else { return default };
        let word = String::from_value(&found.value).unwrap_or_default();
        match words.iter().find(|(known, _)| known.eq_ignore_ascii_case(&word)) {
            Some((_, value)) => *value,
            None => {
                self.record_error(mismatch(name, expected, &found));
                default
            }
        }
    }

    /// Reads a required field.
    ///
    /// # Errors
    ///
    /// Returns [`IncompleteSettings`] if the field is missing or invalid, and records the error. Read all other fields
    /// before you propagate it, so that one error reports every missing field.
    pub fn required<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Result<T, IncompleteSettings> {
        self.declare::<T>(name, about, None, true);
        match self.settings.require(name) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.record_error(error)),
        }
    }

    /// Reads an optional field as a single value. Returns `None` for a table, whose fields [`nested`](FieldReader::nested)
    /// reads.
    pub fn scalar<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.declare::<T>(name, about, None, false);
        let found = self.settings.find(name, T::SECRET);
        let found = self.ok_or_record(found).filter(|found| !matches!(found.value, SettingValue::Table(_)))?;
        let converted = convert(name, found);
        self.ok_or_record(converted.map(Some))
    }

    /// Reads the optional field `name` of the table `outer`.
    pub fn nested<T: FromSettingValue>(&mut self, outer: &'static str, name: &'static str, about: &'static str) -> Option<T> {
        let nested = self.settings.clone().nested(outer);
        let around = std::mem::replace(&mut self.settings, nested);
        let found = self.optional(name, about);
        self.settings = around;
        found
    }

    /// Reads the environment variable with exactly this name, for variables that other programs define. Returns `None` if
    /// it is not set or invalid.
    pub fn variable<T: FromSettingValue>(&self, name: &str) -> Option<T> {
        let text = self.settings.variable(name).ok()?;
        T::from_value(&SettingValue::Text(text))
    }

    /// Records an error until all fields are read.
    fn record_error(&mut self, error: SettingsError) -> IncompleteSettings {
        self.problems.push(error);
        IncompleteSettings(())
    }

    pub(crate) fn finish<T>(self, read: Result<T, IncompleteSettings>) -> Result<T, SettingsError> {
        match (read, SettingsError::from_errors(self.problems)) {
            (Ok(value), None) => Ok(value),
            (_, problem) => Err(problem.unwrap_or(SettingsError::Missing(Vec::new()))),
        }
    }

    fn get<T: FromSettingValue>(&mut self, name: &str) -> Option<T> {
        let found = self.settings.get(name);
        self.ok_or_record(found)
    }

    /// Returns the value, or records the error and returns `None`.
    fn ok_or_record<T>(&mut self, found: Result<Option<T>, SettingsError>) -> Option<T> {
        found.unwrap_or_else(|error| {
            self.record_error(error);
            None
        })
    }

    fn declare<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str, default: Option<String>, required: bool) {
        let key = self.settings.key::<T>(name);
        self.declared.push(FieldDeclaration { key, description: about, expected: T::EXPECTED.to_owned(), default, required });
    }
}
