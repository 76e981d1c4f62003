//! The seam between those who ask for settings and those who hold them.

use std::fmt;

use crate::{LookupReport, Secret, SettingKey, SettingLocation, SettingValue, SettingsError};

/// A value and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSetting {
    /// The value, as it stands there.
    pub value: SettingValue,
    /// Where it stands.
    pub location: SettingLocation,
    /// Whether it must not be shown even if the field is no secret, as it stands among secrets.
    pub redact: bool,
    /// Whether it is a secret, and stands where none may.
    pub misplaced: bool,
}

/// Finds settings: the one trait that an implementation of configuration has to provide.
///
/// ```
/// use catchment_settings::{FoundSetting, SettingKey, Lookup, SettingLocation, LookupReport, Settings, SettingsError};
///
/// #[derive(Debug)]
/// struct Fixed;
///
/// impl Lookup for Fixed {
///     fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
///         Ok((key.name() == "workers").then(|| FoundSetting {
///             value: "4".into(),
///             location: SettingLocation::new("fixed", "workers"),
///             redact: false,
///             misplaced: false,
///         }))
///     }
///
///     fn report(&self, key: &SettingKey) -> LookupReport {
///         LookupReport { locations: vec![SettingLocation::new("fixed", key.name())], ..LookupReport::default() }
///     }
/// }
///
/// assert_eq!(Settings::new(&Fixed).get::<u64>("workers")?, Some(4));
/// # Ok::<(), SettingsError>(())
/// ```
pub trait Lookup: fmt::Debug + Send + Sync {
    /// The first value in lookup order. A value that cannot be had, and a secret that stands where
    /// no secret may, are errors; a key that stands nowhere is `None`.
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError>;

    /// All values that the key has, in lookup order: the first one counts, the others are overridden. Default: the one
    /// that [`find`](Lookup::find) finds.
    fn candidates(&self, key: &SettingKey) -> Result<Vec<FoundSetting>, SettingsError> {
        Ok(self.find(key)?.into_iter().collect())
    }

    /// Where [`find`](Lookup::find) looks for the key, in its order. Reads nothing anew.
    fn report(&self, key: &SettingKey) -> LookupReport;

    /// The variable of the environment that has exactly this name, whatever pipeline asks. Default: there is none.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }
}

/// A [`Lookup`] that finds nothing: each field has its default, and a required one is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSettings;

impl Lookup for NoSettings {
    fn find(&self, _key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        Ok(None)
    }

    fn report(&self, _key: &SettingKey) -> LookupReport {
        LookupReport { notes: vec!["the program runs without configuration".to_owned()], ..LookupReport::default() }
    }
}
