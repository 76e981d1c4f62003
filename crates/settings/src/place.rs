//! Where a setting stands.

use std::fmt;
use std::path::PathBuf;

/// One place where a setting stands or may stand. Shown as `SOURCES__API_KEY (environment)` or
/// `sources.api_key (secrets.toml: /app/.catchment/secrets.toml)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Who holds it: `environment`, `secrets.toml`.
    pub provider: String,
    /// The full key as it is written there: `SOURCES__API_KEY`, `sources.api_key`.
    pub key: String,
    /// The file that it stands in, where the provider has files and one of them has the key.
    pub file: Option<PathBuf>,
}

impl Place {
    /// The key of a provider, in no file.
    pub fn new(provider: impl Into<String>, key: impl Into<String>) -> Self {
        Self { provider: provider.into(), key: key.into(), file: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{} ({}: {})", self.key, self.provider, file.display()),
            None => write!(f, "{} ({})", self.key, self.provider),
        }
    }
}

/// Where a lookup looks for a key; what the error of a missing setting is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// The places, in the order in which they are looked at.
    pub places: Vec<Place>,
    /// A line for each provider on what it read, and on files that it looked for and did not find.
    pub notes: Vec<String>,
}
