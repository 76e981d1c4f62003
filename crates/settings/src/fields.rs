//! Settings as a crate declares them.

use crate::settings::{convert, mismatch};
use crate::{FieldDeclaration, FromSettingValue, SettingValue, Settings, SettingsError};

/// Settings of which a crate declares the fields: names, types, defaults, what is a secret. The one way by which
/// configuration is read, documented and explained.
///
/// ```
/// use catchment_settings::{FromSettings, FieldReader, IncompleteSettings, NoSettings, Secret, Settings, declared_fields};
///
/// struct Mail {
///     host: String,
///     port: u16,
///     password: Secret,
/// }
///
/// impl FromSettings for Mail {
///     fn scope(settings: Settings<'_>) -> Settings<'_> {
///         settings.section(["mail"])
///     }
///
///     fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
///         let host = fields.required("host", "The server.");
///         let password = fields.required("password", "What the server knows us by.");
///         let port = fields.with_default("port", "Where the server listens.", 587);
///         Ok(Mail { host: host?, port, password: password? })
///     }
/// }
///
/// let error = Settings::new(&NoSettings).read::<Mail>().map(|mail| (mail.host, mail.port, mail.password)).unwrap_err();
/// assert!(error.to_string().starts_with("2 settings are missing: `host` (text), `password` (text, secret)"));
/// let shown: Vec<String> = declared_fields::<Mail>(&Settings::new(&NoSettings)).iter().map(|field| field.path()).collect();
/// assert_eq!(shown, ["mail.host", "mail.password", "mail.port"]);
/// ```
pub trait FromSettings: Sized {
    /// The sections that the fields stand under, added to those that `settings` has.
    fn scope(settings: Settings<'_>) -> Settings<'_>;

    /// Asks for each field. All required ones have to be asked for before the first `?`, so that an error can name all
    /// that are missing.
    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings>;
}

/// A required field is missing or wrong, which [`FieldReader`] has noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncompleteSettings(pub(crate) ());

/// What a [`FromSettings`] type asks for its fields.
#[derive(Debug)]
pub struct FieldReader<'a> {
    pub(crate) settings: Settings<'a>,
    pub(crate) declared: Vec<FieldDeclaration>,
    problems: Vec<SettingsError>,
}

impl<'a> FieldReader<'a> {
    pub(crate) fn new(settings: Settings<'a>) -> FieldReader<'a> {
        FieldReader { settings, declared: Vec::new(), problems: Vec::new() }
    }

    /// A field that may be left out.
    pub fn optional<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.declare::<T>(name, about, None, false);
        self.get(name)
    }

    /// A field with a default.
    pub fn with_default<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str, default: T) -> T {
        self.declare::<T>(name, about, Some(default.to_toml()), false);
        self.get(name).unwrap_or(default)
    }

    /// A field that takes one of some words, in any case, each of which stands for a value; with a default, which is shown
    /// as the first word that stands for it.
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

    /// A field that there has to be.
    ///
    /// # Errors
    ///
    /// A sign that it is not there, which is noted; the reader asks for its other fields and then gives up.
    pub fn required<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Result<T, IncompleteSettings> {
        self.declare::<T>(name, about, None, true);
        match self.settings.require(name) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.record_error(error)),
        }
    }

    /// A field that may be left out, as one value: none where it is a table, whose fields [`nested`](FieldReader::nested) has.
    pub fn scalar<T: FromSettingValue>(&mut self, name: &'static str, about: &'static str) -> Option<T> {
        self.declare::<T>(name, about, None, false);
        let found = self.settings.find(name, T::SECRET);
        let found = self.ok_or_record(found).filter(|found| !matches!(found.value, SettingValue::Table(_)))?;
        let converted = convert(name, found);
        self.ok_or_record(converted.map(Some))
    }

    /// The field `name` of the table in the field `outer`; it may be left out.
    pub fn nested<T: FromSettingValue>(&mut self, outer: &'static str, name: &'static str, about: &'static str) -> Option<T> {
        let nested = self.settings.clone().nested(outer);
        let around = std::mem::replace(&mut self.settings, nested);
        let found = self.optional(name, about);
        self.settings = around;
        found
    }

    /// The variable of the environment that has exactly this name; for what other programs have a name for.
    pub fn variable<T: FromSettingValue>(&self, name: &str) -> Option<T> {
        let text = self.settings.variable(name).ok()?;
        T::from_value(&SettingValue::Text(text))
    }

    /// Keeps what is wrong until all fields were asked for.
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

    /// What was found; what is wrong with it is noted.
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
