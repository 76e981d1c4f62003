//! The interface between code that reads settings and the providers of settings.

use std::fmt;

use crate::{LookupReport, Secret, SettingKey, SettingLocation, SettingValue, SettingsError};

/// A value and its location.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSetting {
    /// The value, in the type of its source.
    pub value: SettingValue,
    /// The location of the value.
    pub location: SettingLocation,
    /// Whether to redact the value because its location holds secrets, even if the field is no secret.
    pub redact: bool,
    /// Whether the value is a secret in a location where secrets are not allowed.
    pub misplaced: bool,
}

/// A source of settings. A configuration implements only this trait.
///
/// ```
/// use catchment_settings::{FoundSetting, SettingKey, Lookup, SettingLocation, LookupReport, ScopedSettings, SettingsError};
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
/// assert_eq!(ScopedSettings::new(&Fixed).get::<u64>("workers")?, Some(4));
/// # Ok::<(), SettingsError>(())
/// ```
pub trait Lookup: fmt::Debug + Send + Sync {
    /// Returns the first value of the key in lookup order, or `None` if the key is not set.
    ///
    /// # Errors
    ///
    /// Returns an error if a value cannot be read, or if a secret is in a location where secrets are not allowed.
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError>;

    /// Returns all values of the key in lookup order; the first takes precedence. Default: the result of
    /// [`find`](Lookup::find).
    ///
    /// # Errors
    ///
    /// Returns an error if a value cannot be read.
    fn candidates(&self, key: &SettingKey) -> Result<Vec<FoundSetting>, SettingsError> {
        Ok(self.find(key)?.into_iter().collect())
    }

    /// Returns the locations that [`find`](Lookup::find) searches for the key, in lookup order. Rereads no source.
    fn report(&self, key: &SettingKey) -> LookupReport;

    /// Returns the environment variable with exactly this name, independent of sections and pipeline. Default: `None`.
    fn variable(&self, name: &str) -> Option<Secret> {
        let _ = name;
        None
    }
}

/// A [`Lookup`] without settings: every field has its default, and a required field is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSettings;

impl Lookup for NoSettings {
    fn find(&self, _key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        Ok(None)
    }

    fn report(&self, _key: &SettingKey) -> LookupReport {
        LookupReport { notes: vec!["this program reads no configuration".to_owned()], ..LookupReport::default() }
    }
}
