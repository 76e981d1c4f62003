//! A field as it was declared, and what the configuration says of it.

use crate::fields::FieldReader;
use crate::{FoundSetting, FromSettings, Lookup, LookupReport, Secret, SettingKey, Settings, SettingsError};

/// The declaration of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDeclaration {
    /// Its name and sections, and whether it is a secret.
    pub key: SettingKey,
    /// What it is for, a sentence or two.
    pub description: &'static str,
    /// What it takes: `a whole number of 0 or more`.
    pub expected: String,
    /// What it is where it stands nowhere, as TOML writes it.
    pub default: Option<String>,
    /// Whether it has to stand somewhere.
    pub required: bool,
}

impl FieldDeclaration {
    /// Its name under all of its sections: `destination.duckdb.threads`.
    pub fn path(&self) -> String {
        self.key.scope().path(self.key.name())
    }
}

/// What the configuration says of a field.
#[derive(Debug)]
pub struct FieldExplanation {
    /// The field.
    pub field: FieldDeclaration,
    /// Its values in lookup order: the first one counts. An error where one cannot be read.
    pub candidates: Result<Vec<FoundSetting>, SettingsError>,
}

/// The fields of a type under the sections of `settings`, in the order in which it asks for them. Nothing is looked up.
pub fn declared_fields<T: FromSettings>(settings: &Settings<'_>) -> Vec<FieldDeclaration> {
    let declaring = Declaring(settings.lookup);
    let mut fields = FieldReader::new(T::scope(Settings { lookup: &declaring, scope: settings.scope.clone() }));
    // What is missing is of no matter: all fields are asked for all the same.
    let _ = T::read(&mut fields);
    fields.declared
}

/// Finds nothing, so that no vault is asked; variables that are the defaults of fields are there.
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

/// What the configuration says of each field of a type.
///
/// ```
/// use catchment_settings::{FromSettings, FieldReader, IncompleteSettings, NoSettings, Settings, explain};
///
/// struct Load(u64);
///
/// impl FromSettings for Load {
///     fn scope(settings: Settings<'_>) -> Settings<'_> {
///         settings.fixed("load")
///     }
///
///     fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
///         Ok(Load(fields.with_default("workers", "How many at the same time.", 20)))
///     }
/// }
///
/// let explained = explain::<Load>(&Settings::new(&NoSettings));
/// assert_eq!(explained[0].field.path(), "load.workers");
/// assert_eq!(explained[0].field.default.as_deref(), Some("20"));
/// assert!(explained[0].candidates.as_ref().is_ok_and(Vec::is_empty));
/// ```
pub fn explain<T: FromSettings>(settings: &Settings<'_>) -> Vec<FieldExplanation> {
    let explained = |field: FieldDeclaration| {
        let candidates = settings.candidates(&field.key);
        FieldExplanation { field, candidates }
    };
    declared_fields::<T>(settings).into_iter().map(explained).collect()
}
