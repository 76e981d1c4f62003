//! Lookup over all providers.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use catchment_settings::{
    FoundSetting, Lookup, LookupReport, Redactor, Secret, SettingKey, SettingLocation, SettingValue, SettingsError, SuggestedFix,
    is_secret_name,
};

use crate::lookup_order::{LookupScope, scopes};
use crate::providers::{EnvironmentProvider, MountedFiles, Provider, TomlProvider, VaultProvider, toml_part};
use crate::unused::{UnusedKey, similar_keys, unused};
use crate::{ConfigError, Environment, HostInfo, SettingsDirs, Vault, VaultOptions};

const SECRETS: &str = "secrets.toml";
const CONFIG: &str = "config.toml";

/// The configuration of a run: environment, `secrets.toml`, `config.toml` and vaults, in this order of precedence.
///
/// [`load`](Config::load) reads the files once; clones share their content. `Debug` shows no values.
///
/// ```
/// use catchment_config::{Config, Environment};
/// use catchment_settings::ScopedSettings;
///
/// let environment = Environment::from_iter([("DEMO__NORMALIZE__WORKERS", "3")]);
/// let config = Config::from_environment(environment);
/// let workers = |config: &Config| ScopedSettings::new(config).section(["normalize"]).get::<u64>("workers");
/// assert_eq!(workers(&config)?, None);
/// assert_eq!(workers(&config.with_pipeline("demo"))?, Some(3));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// In lookup order.
    providers: Vec<Arc<dyn Provider>>,
    pipeline: Option<String>,
    folders: Option<SettingsDirs>,
    /// Placeholders already reported: a key is looked up many times, and each placeholder is logged once.
    warned_placeholders: Arc<Mutex<Vec<SettingLocation>>>,
    /// Receives every secret that is found.
    redactor: Redactor,
}

impl Config {
    /// Reads the settings files of the project in `project_dir` and of the user. Missing files are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or is not valid TOML, or if the profile name is invalid.
    pub fn load(project_dir: &Path, environment: Environment) -> Result<Self, ConfigError> {
        let host = HostInfo::from_process(&environment);
        let folders = SettingsDirs::discover(project_dir, &environment, &host)?;
        Self::load_from(folders, environment)
    }

    /// Reads the settings files from the given folders.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or is not valid TOML.
    pub fn load_from(folders: SettingsDirs, environment: Environment) -> Result<Self, ConfigError> {
        let providers: Vec<Arc<dyn Provider>> = vec![
            Arc::new(EnvironmentProvider::new(environment, MountedFiles::find(&folders))),
            Arc::new(TomlProvider::load(SECRETS, true, &folders)?),
            Arc::new(TomlProvider::load(CONFIG, false, &folders)?),
        ];
        Ok(Self {
            providers,
            pipeline: None,
            folders: Some(folders),
            warned_placeholders: Arc::default(),
            redactor: Redactor::default(),
        })
    }

    /// Creates a configuration from the environment only. Reads no files.
    pub fn from_environment(environment: Environment) -> Self {
        let environment = EnvironmentProvider::new(environment, MountedFiles::default());
        let (reported, redactor) = (Arc::default(), Redactor::default());
        Self { providers: vec![Arc::new(environment)], pipeline: None, folders: None, warned_placeholders: reported, redactor }
    }

    /// Adds a vault, which is searched after all other providers. Several vaults are searched in the order of their
    /// addition.
    #[must_use]
    pub fn with_vault(mut self, vault: impl Vault + 'static, options: VaultOptions) -> Self {
        self.providers.push(Arc::new(VaultProvider::new(vault, options)));
        self
    }

    /// Sets the pipeline. Settings in sections that start with its name take precedence.
    #[must_use]
    pub fn with_pipeline(&self, name: impl Into<String>) -> Self {
        Self { pipeline: Some(name.into()), ..self.clone() }
    }

    /// Sets the redactor that receives every secret that is looked up. Default: a new redactor.
    #[must_use]
    pub fn with_redactor(self, redactor: Redactor) -> Self {
        Self { redactor, ..self }
    }

    /// Returns the redactor that receives every secret that is looked up.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Returns the folders of the settings files, or `None` if only the environment was read.
    pub fn folders(&self) -> Option<&SettingsDirs> {
        self.folders.as_ref()
    }

    /// Returns lines about the profile, and the files and vault entries that were read or are missing.
    pub fn notes(&self) -> Vec<String> {
        self.notes_of(|_| true)
    }

    /// Returns the keys in the project's files that are not in `known_keys`, and the environment variables whose names are
    /// similar to a known key.
    pub fn unused_keys(&self, known_keys: &[SettingKey]) -> Vec<UnusedKey> {
        let known_keys: Vec<Vec<String>> = known_keys.iter().flat_map(|key| self.paths(key)).collect();
        let found = unused(self.providers().flat_map(Provider::keys), &known_keys);
        let project = self.folders.as_ref().map(|folders| folders.project.as_path());
        let is_of_project = |key: &UnusedKey| match (&key.location.file, project) {
            (Some(file), Some(project)) => file.starts_with(project),
            // Of other providers, report only variables similar to a known key: the rest may belong to other programs.
            _ => key.suggestion.is_some() && key.location.is_variable() && key.location.key.contains("__"),
        };
        found.into_iter().filter(is_of_project).collect()
    }

    /// Returns the providers with settings. Empty ones are neither searched nor reported.
    fn providers(&self) -> impl Iterator<Item = &dyn Provider> {
        self.providers.iter().map(AsRef::as_ref).filter(|provider| !provider.is_empty())
    }

    /// Returns all values of a key in lookup order, lazily.
    fn find_all<'c>(&'c self, key: &'c SettingKey) -> impl Iterator<Item = Result<FoundSetting, SettingsError>> + 'c {
        let scopes = scopes(key, self.pipeline.as_deref()).into_iter();
        scopes.flat_map(move |LookupScope { pipeline, paths }| {
            self.providers().flat_map(move |provider| {
                let found = move |path: Vec<&str>| provider.get(key, pipeline, &path).transpose();
                paths.clone().into_iter().filter_map(found).map(move |found| {
                    // A plain file may contain a part of a table such as credentials: its secret fields are looked up
                    // and checked individually.
                    let misplaced = |value: &SettingValue| {
                        key.is_secret() && !provider.holds_secrets() && !matches!(value, SettingValue::Table(_))
                    };
                    found.map(|found| {
                        if is_redacted(key) {
                            register_secrets(&found.value, &self.redactor);
                        }
                        FoundSetting { misplaced: misplaced(&found.value), ..found }
                    })
                })
            })
        })
    }

    /// Returns the paths at which a key is looked up.
    fn paths(&self, key: &SettingKey) -> Vec<Vec<String>> {
        let owned = |path: &Vec<&str>| path.iter().map(|part| (*part).to_owned()).collect();
        let scopes = scopes(key, self.pipeline.as_deref());
        scopes.iter().flat_map(|scoped| scoped.paths.iter().map(owned)).collect()
    }

    /// Logs a warning if the value is still a template placeholder.
    fn warn_about_placeholder(&self, FoundSetting { value, location, .. }: &FoundSetting) {
        let mut reported = self.warned_placeholders.lock().unwrap_or_else(PoisonError::into_inner);
        if value.is_placeholder() && !reported.contains(location) {
            tracing::warn!("{location} still contains the template placeholder `<configure me>`: replace it with a value");
            reported.push(location.clone());
        }
    }

    fn notes_of(&self, of: impl Fn(&&dyn Provider) -> bool) -> Vec<String> {
        let profile = self.folders.as_ref().and_then(|folders| folders.profile.as_ref());
        let profile = profile.map(|profile| format!("profile: {}", profile.name()));
        let providers = self.providers.iter().map(AsRef::as_ref).filter(of);
        profile.into_iter().chain(providers.flat_map(Provider::notes)).collect()
    }

    /// Returns where to add the most specific key that applies to all pipelines.
    fn suggested_fix(&self, key: &SettingKey) -> Option<SuggestedFix> {
        let scopes = scopes(key, None);
        let path = scopes.first()?.paths.first()?;
        let (_, sections) = path.split_last()?;
        let file = if key.is_secret() { SECRETS } else { CONFIG };
        Some(SuggestedFix {
            variable: path.join("__").to_uppercase(),
            file: self.folders.as_ref()?.project.join(file),
            table: sections.iter().map(|part| toml_part(part)).collect::<Vec<_>>().join("."),
        })
    }
}

/// Returns whether to redact the value of a key. User names and URLs are declared as secrets too, but messages need them.
fn is_redacted(key: &SettingKey) -> bool {
    key.is_secret() && is_secret_name(key.name()) && !key.name().ends_with("_url")
}

/// Adds the strings of a secret to the redactor, of a table only those with secret names: messages need hosts and databases.
/// Numbers and booleans are too common to redact.
fn register_secrets(value: &SettingValue, redactor: &Redactor) {
    match value {
        SettingValue::Text(text) if !value.is_placeholder() => redactor.add(text),
        SettingValue::List(values) => values.iter().for_each(|value| register_secrets(value, redactor)),
        SettingValue::Table(entries) => {
            let secrets = entries.iter().filter(|(name, _)| is_secret_name(name));
            secrets.for_each(|(_, value)| register_secrets(value, redactor));
        }
        SettingValue::Text(_) | SettingValue::Bool(_) | SettingValue::Integer(_) | SettingValue::Float(_) => {}
    }
}

impl Lookup for Config {
    fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
        match self.find_all(key).next().transpose()?.inspect(|found| self.warn_about_placeholder(found)) {
            Some(FoundSetting { misplaced: true, location, .. }) => {
                Err(SettingsError::SecretInPlainFile { name: key.name().to_owned(), location: Box::new(location) })
            }
            found => Ok(found),
        }
    }

    fn candidates(&self, key: &SettingKey) -> Result<Vec<FoundSetting>, SettingsError> {
        self.find_all(key).collect()
    }

    fn report(&self, key: &SettingKey) -> LookupReport {
        // Secrets are not allowed in plain files, so the error does not suggest them.
        let may_hold = |provider: &&dyn Provider| provider.holds_secrets() || !key.is_secret();
        let mut locations = Vec::new();
        for LookupScope { paths, .. } in scopes(key, self.pipeline.as_deref()) {
            for provider in self.providers().filter(may_hold) {
                locations.extend(paths.iter().map(|path| provider.location(path)));
            }
        }
        let notes = self.notes_of(may_hold);
        let near = similar_keys(&self.paths(key), self.providers().flat_map(Provider::keys));
        LookupReport { locations, notes, similar_keys: near, suggested_fix: self.suggested_fix(key) }
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.providers().find_map(|provider| provider.variable(name))
    }
}
