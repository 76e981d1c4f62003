//! Declarations of fields and their configured values.

use crate::fields::FieldReader;
use crate::{FoundSetting, FromSettings, Lookup, LookupReport, ScopedSettings, Secret, SettingKey, SettingsError};

/// The declaration of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDeclaration {
    /// The name and the sections of the field, and whether it is a secret.
    pub key: SettingKey,
    /// The purpose of the field, in one or two sentences.
    pub description: &'static str,
    /// The expected value, such as `a non-negative integer`.
    pub expected: String,
    /// The default, rendered as TOML.
    pub default: Option<String>,
    /// Whether the field must be set.
    pub required: bool,
}

impl FieldDeclaration {
    /// Returns the dotted path of the field with all sections: `destination.duckdb.threads`.
    pub fn path(&self) -> String {
        self.key.scope().path(self.key.name())
    }
}

/// The configured values of a field.
#[derive(Debug)]
pub struct FieldExplanation {
    /// The declaration of the field.
    pub field: FieldDeclaration,
    /// All values in lookup order; the first takes precedence. An error if a value cannot be read.
    pub candidates: Result<Vec<FoundSetting>, SettingsError>,
}

/// Returns the fields of a type in the scope of `settings`, in declaration order. Looks up no values.
pub fn declared_fields<T: FromSettings>(settings: &ScopedSettings<'_>) -> Vec<FieldDeclaration> {
    let declaring = Declaring(settings.lookup);
    let mut fields = FieldReader::new(T::scope(ScopedSettings { lookup: &declaring, scope: settings.scope.clone() }));
    // Missing fields do not matter: `read` requests every field before it returns an error.
    let _ = T::read(&mut fields);
    fields.declared
}

/// A lookup without values, so that no vault is queried. Variables are still read, because they can be defaults.
#[derive(Debug)]
struct Declaring<'a>(&'a dyn Lookup);

impl Lookup for Declaring<'_> {
    fn find(&self, _: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        Ok(None)
    }

    fn report(&self, _: &SettingKey) -> LookupReport {
        LookupReport::default()
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.0.variable(name)
    }
}

/// Returns the declaration and the configured values of each field of a type.
///
/// ```
/// use catchment_settings::{FromSettings, FieldReader, IncompleteSettings, NoSettings, ScopedSettings, explain};
///
/// struct Load(u64);
///
/// impl FromSettings for Load {
///     fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
///         settings.fixed("load")
///     }
///
///     fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
///         Ok(Load(fields.with_default("workers", "The maximum number of concurrent requests.", 20)))
///     }
/// }
///
/// let explained = explain::<Load>(&ScopedSettings::new(&NoSettings));
/// assert_eq!(explained[0].field.path(), "load.workers");
/// assert_eq!(explained[0].field.default.as_deref(), Some("20"));
/// assert!(explained[0].candidates.as_ref().is_ok_and(Vec::is_empty));
/// ```
pub fn explain<T: FromSettings>(settings: &ScopedSettings<'_>) -> Vec<FieldExplanation> {
    let explained = |field: FieldDeclaration| {
        let candidates = settings.candidates(&field.key);
        FieldExplanation { field, candidates }
    };
    declared_fields::<T>(settings).into_iter().map(explained).collect()
}
