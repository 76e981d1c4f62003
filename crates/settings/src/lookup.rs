//! The seam between those who ask for settings and those who hold them.

use std::fmt;

use crate::{Key, Place, Searched, Secret, SettingsError, Value};

/// A value and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The value, as it stands there.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
    /// Whether it must not be shown even if the field is no secret, as it stands among secrets.
    pub masked: bool,
    /// Whether it is a secret, and stands where none may.
    pub misplaced: bool,
}

/// Finds settings: the one trait that an implementation of configuration has to provide.
///
/// ```
/// use catchment_settings::{Found, Key, Lookup, Place, Searched, Settings, SettingsError};
///
/// #[derive(Debug)]
/// struct Fixed;
///
/// impl Lookup for Fixed {
///     fn find(&self, key: &Key) -> Result<Option<Found>, SettingsError> {
///         Ok((key.name() == "workers").then(|| Found {
///             value: "4".into(),
///             place: Place::new("fixed", "workers"),
///             masked: false,
///             misplaced: false,
///         }))
///     }
///
///     fn searched(&self, key: &Key) -> Searched {
///         Searched { places: vec![Place::new("fixed", key.name())], ..Searched::default() }
///     }
/// }
///
/// assert_eq!(Settings::new(&Fixed).get::<u64>("workers")?, Some(4));
/// # Ok::<(), SettingsError>(())
/// ```
pub trait Lookup: fmt::Debug + Send + Sync {
    /// The first value in lookup order. A value that cannot be had, and a secret that stands where
    /// no secret may, are errors; a key that stands nowhere is `None`.
    fn find(&self, key: &Key) -> Result<Option<Found>, SettingsError>;

    /// All values that the key has, in lookup order: the first one counts, the others are overridden. Default: the one
    /// that [`find`](Lookup::find) finds.
    fn candidates(&self, key: &Key) -> Result<Vec<Found>, SettingsError> {
        Ok(self.find(key)?.into_iter().collect())
    }

    /// Where [`find`](Lookup::find) looks for the key, in its order. Reads nothing anew.
    fn searched(&self, key: &Key) -> Searched;

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
    fn find(&self, _key: &Key) -> Result<Option<Found>, SettingsError> {
        Ok(None)
    }

    fn searched(&self, _key: &Key) -> Searched {
        Searched { notes: vec!["the program runs without configuration".to_owned()], ..Searched::default() }
    }
}
