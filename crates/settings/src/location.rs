//! Locations of settings.

use std::fmt;
use std::path::PathBuf;

/// The provider name of the environment in messages.
const ENVIRONMENT: &str = "environment";

/// A location where a setting is or can be set. Displayed as `SOURCES__API_KEY (environment)` or
/// `sources.api_key (secrets.toml: /app/.catchment/secrets.toml:3)`, where 3 is the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLocation {
    /// The provider: `environment`, `secrets.toml`.
    pub provider: String,
    /// The full key in the spelling of the provider: `SOURCES__API_KEY`, `sources.api_key`.
    pub key: String,
    /// The file that contains the key, if the provider reads files.
    pub file: Option<PathBuf>,
    /// The line in the file, from 1.
    pub line: Option<usize>,
}

impl SettingLocation {
    /// Creates the location of a key in a provider, without a file.
    pub fn new(provider: impl Into<String>, key: impl Into<String>) -> Self {
        Self { provider: provider.into(), key: key.into(), file: None, line: None }
    }

    /// Creates the location of an environment variable.
    pub fn variable(name: impl Into<String>) -> Self {
        Self::new(ENVIRONMENT, name)
    }

    /// Returns whether the location is an environment variable.
    pub fn is_variable(&self) -> bool {
        self.provider == ENVIRONMENT
    }
}

impl fmt::Display for SettingLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.key, self.provider)?;
        if let Some(file) = &self.file {
            write!(f, ": {}", file.display())?;
        }
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(")")
    }
}

/// An unused key whose name is similar to the requested key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimilarKey {
    /// The location of the unused key.
    pub location: SettingLocation,
    /// The name that was probably meant.
    pub suggestion: String,
}

/// The locations where a user can add a missing setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedFix {
    /// The environment variable.
    pub variable: String,
    /// The TOML file.
    pub file: PathBuf,
    /// The table in the file, such as `sources.github`; empty for the top level.
    pub table: String,
}

/// The locations searched for a key, for the error about a missing setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupReport {
    /// The locations in lookup order.
    pub locations: Vec<SettingLocation>,
    /// A line per provider about the files that it read or did not find.
    pub notes: Vec<String>,
    /// Unused keys with a similar name at the searched locations.
    pub similar_keys: Vec<SimilarKey>,
    /// Where to add the setting; `None` without settings files.
    pub suggested_fix: Option<SuggestedFix>,
}
