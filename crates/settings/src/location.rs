//! Where a setting stands.

use std::fmt;
use std::path::PathBuf;

/// What the environment is called in messages.
const ENVIRONMENT: &str = "environment";

/// One place where a setting stands or may stand. Shown as `SOURCES__API_KEY (environment)` or
/// `sources.api_key (secrets.toml: /app/.catchment/secrets.toml:3)`, the line last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLocation {
    /// Who holds it: `environment`, `secrets.toml`.
    pub provider: String,
    /// The full key as it is written there: `SOURCES__API_KEY`, `sources.api_key`.
    pub key: String,
    /// The file that it stands in, where the provider has files and one of them has the key.
    pub file: Option<PathBuf>,
    /// The line in the file, from 1, where it has lines.
    pub line: Option<usize>,
}

impl SettingLocation {
    /// The key of a provider, in no file.
    pub fn new(provider: impl Into<String>, key: impl Into<String>) -> Self {
        Self { provider: provider.into(), key: key.into(), file: None, line: None }
    }

    /// The variable of that name in the environment.
    pub fn variable(name: impl Into<String>) -> Self {
        Self::new(ENVIRONMENT, name)
    }

    /// Whether it is a variable of the environment.
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

/// A key that nobody asks for and that is written almost like the one that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimilarKey {
    /// Where it stands.
    pub location: SettingLocation,
    /// The name that it may have been meant to have.
    pub suggestion: String,
}

/// Where a setting can be written down, for the one who has to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedFix {
    /// The variable of the environment.
    pub variable: String,
    /// The file.
    pub file: PathBuf,
    /// The header of the table in the file, empty for none: `sources.github`.
    pub table: String,
}

/// Where a lookup looks for a key; what the error of a missing setting is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookupReport {
    /// The places, in the order in which they are looked at.
    pub locations: Vec<SettingLocation>,
    /// A line for each provider on what it read, and on files that it looked for and did not find.
    pub notes: Vec<String>,
    /// Keys that stand where this one would, and are written almost alike.
    pub similar_keys: Vec<SimilarKey>,
    /// What to write where; none where there are no files.
    pub suggested_fix: Option<SuggestedFix>,
}
