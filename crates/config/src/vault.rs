//! Vaults, as the configuration asks them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Secret, SettingValue, Settings};

use crate::providers::json_value;

/// A place outside of this machine that keeps secrets: the trait that an adapter of a secret manager implements.
///
/// Each entry is asked for once at most, whatever is looked up in it. `Debug` shows no secret.
///
/// ```
/// use catchment_config::{Config, VaultEntry, Environment, Vault, VaultError, VaultOptions};
/// use catchment_settings::{Secret, Settings};
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
/// let github = Settings::new(&config).section(["sources", "github"]);
/// assert_eq!(github.get::<Secret>("api_key")?, Some(Secret::from("tk-1")));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
pub trait Vault: fmt::Debug + Send + Sync {
    /// What it is called in messages: `google secret manager`.
    fn name(&self) -> &str;

    /// What the entry for a path of sections is called.
    fn entry_name(&self, path: &[&str]) -> String;

    /// What the entry for one value is called, by its full path. Default: as [`entry_name`](Vault::entry_name) says; a vault
    /// whose entries have fields leaves out the last part.
    fn value_entry_name(&self, path: &[&str]) -> String {
        self.entry_name(path)
    }

    /// The entry of that name, from [`entry_name`](Vault::entry_name); none where there is none. Blocks until the vault has
    /// answered, for a bounded time.
    ///
    /// # Errors
    ///
    /// Where the vault cannot be asked, or answers with something else.
    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError>;

    /// The names of all entries, so that no others are asked for.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Vault::fetch). Default: the vault has no list.
    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        Err(VaultError::failed("it cannot list its entries: set list_secrets = false"))
    }
}

/// What a vault keeps under a name.
#[derive(Debug, Clone, PartialEq)]
pub enum VaultEntry {
    /// A text: settings in TOML, YAML or JSON, from the root as in `secrets.toml`; or one value, where it is asked for by
    /// its full name.
    Text(Secret),
    /// Fields, which stand under the sections that the entry is named by.
    Fields(BTreeMap<String, SettingValue>),
}

impl VaultEntry {
    /// The fields of a JSON object; none of anything else.
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

/// Why a vault gave no answer. No message shows a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// It does not let us read the entry, which many say of entries that are not there too. The lookup goes on without.
    #[error("access is denied: {0}")]
    Denied(String),
    /// It cannot be asked, or its answer cannot be used.
    #[error("{problem}")]
    Failed {
        /// What happened, and what to do.
        problem: String,
        /// The cause.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl VaultError {
    /// It cannot be asked, or its answer cannot be used, for no further cause: what happened, and what to do.
    ///
    /// ```
    /// assert_eq!(catchment_config::VaultError::failed("it is sealed: unseal it").to_string(), "it is sealed: unseal it");
    /// ```
    pub fn failed(problem: impl Into<String>) -> VaultError {
        VaultError::Failed { problem: problem.into(), source: None }
    }
}

/// What is asked of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultOptions {
    /// Whether it is asked for secrets only.
    pub only_secrets: bool,
    /// Whether it is asked for entries with several settings only: `dlt_secrets_toml`, `sources`, `sources-<name>`,
    /// `destination`, `destination-<name>`, and the same under the pipeline's name.
    pub only_toml_fragments: bool,
    /// Whether its entries are listed first, so that none is asked for that it does not have.
    pub list_secrets: bool,
}

impl Default for VaultOptions {
    fn default() -> VaultOptions {
        VaultOptions { only_secrets: true, only_toml_fragments: true, list_secrets: false }
    }
}

/// Under the sections that the caller has set, such as `providers.google_secrets`.
impl FromSettings for VaultOptions {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = VaultOptions::default();
        Ok(VaultOptions {
            only_secrets: fields.with_default("only_secrets", "Whether it is asked for secrets only.", default.only_secrets),
            only_toml_fragments: fields.with_default(
                "only_toml_fragments",
                "Whether it is asked only for entries with several settings: `dlt_secrets_toml`, `sources`, \
                 `sources-<name>`, `destination`, `destination-<name>`, and the same under the pipeline's name.",
                default.only_toml_fragments,
            ),
            list_secrets: fields.with_default(
                "list_secrets",
                "Whether its entries are listed first, so that none is asked for that it does not have.",
                default.list_secrets,
            ),
        })
    }
}
