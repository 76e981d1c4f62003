//! The interface to vaults.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret, SettingValue};

use crate::providers::json_value;

/// An adapter of a secret manager.
///
/// The configuration fetches each entry at most once. `Debug` must not show secrets.
///
/// ```
/// use catchment_config::{Config, VaultEntry, Environment, Vault, VaultError, VaultOptions};
/// use catchment_settings::{Secret, ScopedSettings};
///
/// #[derive(Debug)]
/// struct Keeper;
///
/// impl Vault for Keeper {
///     fn name(&self) -> &str {
///         "keeper"
///     }
///
///     fn entry_name(&self, path: &[&str]) -> String {
///         path.join("-")
///     }
///
///     fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
///         let text = "[sources.github]\napi_key = 'tk-1'";
///         Ok((entry == "sources-github").then(|| VaultEntry::Text(Secret::from(text))))
///     }
/// }
///
/// let config = Config::from_environment(Environment::default()).with_vault(Keeper, VaultOptions::default());
/// let github = ScopedSettings::new(&config).section(["sources", "github"]);
/// assert_eq!(github.get::<Secret>("api_key")?, Some(Secret::from("tk-1")));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
pub trait Vault: fmt::Debug + Send + Sync {
    /// Returns the name for messages: `google secret manager`.
    fn name(&self) -> &str;

    /// Returns the name of the entry for a path of sections.
    fn entry_name(&self, path: &[&str]) -> String;

    /// Returns the name of the entry for a single value, from its full path. Default: [`entry_name`](Vault::entry_name). A
    /// vault whose entries have fields omits the last part.
    fn value_entry_name(&self, path: &[&str]) -> String {
        self.entry_name(path)
    }

    /// Fetches an entry by its name from [`entry_name`](Vault::entry_name), or returns `None` if it does not exist. Blocks
    /// until the vault responds or the request times out.
    ///
    /// # Errors
    ///
    /// Returns an error if access is denied, the request fails, or the response is invalid.
    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError>;

    /// Lists the names of all entries, so that missing ones are not requested. Default: not supported.
    ///
    /// # Errors
    ///
    /// Returns an error if the vault cannot list entries, and the errors of [`fetch`](Vault::fetch).
    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        Err(VaultError::failed("listing entries is not supported: set list_secrets = false"))
    }
}

/// The content of an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum VaultEntry {
    /// A string: settings in TOML, YAML or JSON from the root, as in `secrets.toml`, or a single value if the entry is
    /// requested by the full name of a setting.
    Text(Secret),
    /// Fields in the sections of the entry name.
    Fields(BTreeMap<String, SettingValue>),
}

impl VaultEntry {
    /// Returns the fields of a JSON object, or `None` for other JSON values.
    ///
    /// ```
    /// use catchment_config::VaultEntry;
    /// use catchment_json::Value;
    ///
    /// let fields = Value::parse(r#"{"api_key": "tk-1"}"#)?;
    /// assert_eq!(VaultEntry::fields(fields), Some(VaultEntry::Fields([("api_key".to_owned(), "tk-1".into())].into())));
    /// # Ok::<(), catchment_json::ParseError>(())
    /// ```
    pub fn fields(json: catchment_json::Value) -> Option<VaultEntry> {
        match json_value(json) {
            Some(SettingValue::Table(fields)) => Some(VaultEntry::Fields(fields)),
            _ => None,
        }
    }
}

/// An error of a vault. Messages must not contain secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Access to the entry is denied. Many vaults report this for missing entries too, so the lookup continues without it.
    #[error("access is denied: {0}")]
    Denied(String),
    /// The request failed, or the response is invalid.
    #[error("{problem}")]
    Failed {
        /// The problem and its remedy.
        problem: String,
        /// The cause.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl VaultError {
    /// Creates a [`VaultError::Failed`] without a cause. `problem` states the problem and its remedy.
    ///
    /// ```
    /// assert_eq!(catchment_config::VaultError::failed("sealed: unseal the vault").to_string(), "sealed: unseal the vault");
    /// ```
    pub fn failed(problem: impl Into<String>) -> VaultError {
        VaultError::Failed { problem: problem.into(), source: None }
    }
}

/// Options for requests to a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultOptions {
    /// Whether to look up only secrets. Default: true.
    pub only_secrets: bool,
    /// Whether to fetch only entries with several settings: `dlt_secrets_toml`, `sources`, `sources-<name>`, `destination`,
    /// `destination-<name>`, and the same names after the pipeline name. Default: true.
    pub only_toml_fragments: bool,
    /// Whether to list the entries first, to avoid requests for missing ones. Default: false.
    pub list_secrets: bool,
}

impl Default for VaultOptions {
    fn default() -> VaultOptions {
        VaultOptions { only_secrets: true, only_toml_fragments: true, list_secrets: false }
    }
}

/// Reads the options from the sections set by the caller, such as `providers.google_secrets`.
impl FromSettings for VaultOptions {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = VaultOptions::default();
        Ok(VaultOptions {
            only_secrets: fields.with_default(
                "only_secrets",
                "Whether to request entries for secrets only. Other settings are then read from `dlt_secrets_toml` alone.",
                default.only_secrets,
            ),
            only_toml_fragments: fields.with_default(
                "only_toml_fragments",
                "Whether to fetch only entries with several settings: `dlt_secrets_toml`, `sources`, \
                 `sources-<name>`, `destination`, `destination-<name>`, and the same names after the pipeline name.",
                default.only_toml_fragments,
            ),
            list_secrets: fields.with_default(
                "list_secrets",
                "Whether to list the entries first, to avoid requests for missing ones.",
                default.list_secrets,
            ),
        })
    }
}
