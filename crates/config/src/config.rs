//! The lookup over all providers.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use catchment_settings::{Addition, Found, Key, Lookup, Place, Redactor, Searched, Secret, SettingsError, Value, sounds_secret};

use crate::providers::{EnvironmentProvider, Mounted, Provider, TomlProvider, VaultProvider, toml_part};
use crate::unused::{UnusedKey, near, unused};
use crate::walk::{Scoped, scopes};
use crate::{ConfigError, Environment, Host, SettingsFolders, Vault, VaultOptions};

const SECRETS: &str = "secrets.toml";
const CONFIG: &str = "config.toml";

/// The configuration of a run: environment, `secrets.toml`, `config.toml`, vaults, in this order.
///
/// Files are read once, by `load`. Clones share what was read. `Debug` shows no value.
///
/// ```
/// use catchment_config::{Config, Environment};
/// use catchment_settings::Settings;
///
/// let environment = Environment::from_iter([("DEMO__NORMALIZE__WORKERS", "3")]);
/// let config = Config::from_environment(environment);
/// let workers = |config: &Config| Settings::new(config).section(["normalize"]).get::<u64>("workers");
/// assert_eq!(workers(&config)?, None);
/// assert_eq!(workers(&config.with_pipeline("demo"))?, Some(3));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// In lookup order.
    providers: Vec<Arc<dyn Provider>>,
    pipeline: Option<String>,
    folders: Option<SettingsFolders>,
    /// The placeholders that were warned of, each of which is asked for many times.
    told: Arc<Mutex<Vec<Place>>>,
    /// Learns each secret that is found.
    redactor: Redactor,
}

impl Config {
    /// Reads the settings files of the project in `project_dir` and those of the user. Files that
    /// are not there are no error; one that cannot be read, or is no TOML, is.
    pub fn load(project_dir: &Path, environment: Environment) -> Result<Self, ConfigError> {
        let host = Host::from_process(&environment);
        let folders = SettingsFolders::find(project_dir, &environment, &host)?;
        Self::load_from(folders, environment)
    }

    /// As [`load`](Config::load), from folders that the caller chose.
    pub fn load_from(folders: SettingsFolders, environment: Environment) -> Result<Self, ConfigError> {
        let providers: Vec<Arc<dyn Provider>> = vec![
            Arc::new(EnvironmentProvider::new(environment, Mounted::find(&folders))),
            Arc::new(TomlProvider::load(SECRETS, true, &folders)?),
            Arc::new(TomlProvider::load(CONFIG, false, &folders)?),
        ];
        Ok(Self { providers, pipeline: None, folders: Some(folders), told: Arc::default(), redactor: Redactor::default() })
    }

    /// Settings from the environment only; reads no file.
    pub fn from_environment(environment: Environment) -> Self {
        let environment = EnvironmentProvider::new(environment, Mounted::default());
        let (told, redactor) = (Arc::default(), Redactor::default());
        Self { providers: vec![Arc::new(environment)], pipeline: None, folders: None, told, redactor }
    }

    /// The same configuration, that asks a vault for what it does not have. Several are asked in the order in which they
    /// were added.
    #[must_use]
    pub fn with_vault(mut self, vault: impl Vault + 'static, options: VaultOptions) -> Self {
        self.providers.push(Arc::new(VaultProvider::new(vault, options)));
        self
    }

    /// The same configuration as the pipeline `name` sees it: what stands under its name wins.
    #[must_use]
    pub fn with_pipeline(&self, name: impl Into<String>) -> Self {
        Self { pipeline: Some(name.into()), ..self.clone() }
    }

    /// Sets the redactor that learns each secret that is looked up. Default: its own.
    #[must_use]
    pub fn with_redactor(self, redactor: Redactor) -> Self {
        Self { redactor, ..self }
    }

    /// The redactor that learns each secret that is looked up.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// The folders that it was read from; none where it was read from the environment only.
    pub fn folders(&self) -> Option<&SettingsFolders> {
        self.folders.as_ref()
    }

    /// Lines on the profile, on which files and entries of vaults were read, and which are not there.
    pub fn notes(&self) -> Vec<String> {
        self.notes_of(|_| true)
    }

    /// The keys in the project's files that are none of those that are `asked` for; and the variables of the environment
    /// that are almost what is asked for.
    pub fn unused(&self, asked: &[Key]) -> Vec<UnusedKey> {
        let asked: Vec<Vec<String>> = asked.iter().flat_map(|key| self.paths(key)).collect();
        let found = unused(self.providers().flat_map(Provider::keys), &asked);
        let project = self.folders.as_ref().map(|folders| folders.project.as_path());
        let is_of_project = |key: &UnusedKey| match (&key.place.file, project) {
            (Some(file), Some(project)) => file.starts_with(project),
            // Others' variables are no matter of ours, nor is what else a vault has.
            _ => key.meant.is_some() && key.place.is_variable() && key.place.key.contains("__"),
        };
        found.into_iter().filter(is_of_project).collect()
    }

    /// The providers that hold anything: the others are neither asked nor named.
    fn providers(&self) -> impl Iterator<Item = &dyn Provider> {
        self.providers.iter().map(AsRef::as_ref).filter(|provider| !provider.is_empty())
    }

    /// All values of a key, in lookup order; each is looked for when it is asked for.
    fn all<'c>(&'c self, key: &'c Key) -> impl Iterator<Item = Result<Found, SettingsError>> + 'c {
        let scopes = scopes(key, self.pipeline.as_deref()).into_iter();
        scopes.flat_map(move |Scoped { pipeline, paths }| {
            self.providers().flat_map(move |provider| {
                let found = move |path: Vec<&str>| provider.get(key, pipeline, &path).transpose();
                paths.clone().into_iter().filter_map(found).map(move |found| {
                    // A table of fields, such as credentials, may stand in a plain file in part: its secret fields are
                    // asked for one by one.
                    let misplaced =
                        |value: &Value| key.is_secret() && !provider.holds_secrets() && !matches!(value, Value::Table(_));
                    found.map(|found| {
                        if is_hidden(key) {
                            learn(&found.value, &self.redactor);
                        }
                        Found { misplaced: misplaced(&found.value), ..found }
                    })
                })
            })
        })
    }

    /// The paths that a key is looked for at.
    fn paths(&self, key: &Key) -> Vec<Vec<String>> {
        let owned = |path: &Vec<&str>| path.iter().map(|part| (*part).to_owned()).collect();
        let scopes = scopes(key, self.pipeline.as_deref());
        scopes.iter().flat_map(|scoped| scoped.paths.iter().map(owned)).collect()
    }

    /// Warns of a value that still is the placeholder of a template.
    fn tell_placeholder(&self, Found { value, place, .. }: &Found) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if value.is_placeholder() && !told.contains(place) {
            tracing::warn!("{place} still holds the `<configure me>` of a template: put the value there");
            told.push(place.clone());
        }
    }

    fn notes_of(&self, of: impl Fn(&&dyn Provider) -> bool) -> Vec<String> {
        let profile = self.folders.as_ref().and_then(|folders| folders.profile.as_ref());
        let profile = profile.map(|profile| format!("profile: {}", profile.name()));
        let providers = self.providers.iter().map(AsRef::as_ref).filter(of);
        profile.into_iter().chain(providers.flat_map(Provider::notes)).collect()
    }

    /// Where the most specific key of all pipelines can be written down.
    fn addition(&self, key: &Key) -> Option<Addition> {
        let scopes = scopes(key, None);
        let path = scopes.first()?.paths.first()?;
        let (_, sections) = path.split_last()?;
        let file = if key.is_secret() { SECRETS } else { CONFIG };
        Some(Addition {
            variable: path.join("__").to_uppercase(),
            file: self.folders.as_ref()?.project.join(file),
            table: sections.iter().map(|part| toml_part(part)).collect::<Vec<_>>().join("."),
        })
    }
}

/// Whether the value of a key is redacted. User names and URLs are looked up as secrets too, but messages need them.
fn is_hidden(key: &Key) -> bool {
    key.is_secret() && sounds_secret(key.name()) && !key.name().ends_with("_url")
}

/// Adds the texts of a secret. Numbers and truth values say too little to be told from others.
fn learn(value: &Value, redactor: &Redactor) {
    match value {
        Value::Text(text) if !value.is_placeholder() => redactor.add(text),
        Value::List(values) => values.iter().for_each(|value| learn(value, redactor)),
        Value::Table(entries) => entries.values().for_each(|value| learn(value, redactor)),
        Value::Text(_) | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
    }
}

impl Lookup for Config {
    fn find(&self, key: &Key) -> Result<Option<Found>, SettingsError> {
        match self.all(key).next().transpose()?.inspect(|found| self.tell_placeholder(found)) {
            Some(Found { misplaced: true, place, .. }) => {
                Err(SettingsError::SecretInPlainFile { name: key.name().to_owned(), place: Box::new(place) })
            }
            found => Ok(found),
        }
    }

    fn candidates(&self, key: &Key) -> Result<Vec<Found>, SettingsError> {
        self.all(key).collect()
    }

    fn searched(&self, key: &Key) -> Searched {
        // A secret must not stand in a plain file, so the error does not send anyone there.
        let may_hold = |provider: &&dyn Provider| provider.holds_secrets() || !key.is_secret();
        let mut places = Vec::new();
        for Scoped { paths, .. } in scopes(key, self.pipeline.as_deref()) {
            for provider in self.providers().filter(may_hold) {
                places.extend(paths.iter().map(|path| provider.place(path)));
            }
        }
        let notes = self.notes_of(may_hold);
        let near = near(&self.paths(key), self.providers().flat_map(Provider::keys));
        Searched { places, notes, near, addition: self.addition(key) }
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.providers().find_map(|provider| provider.variable(name))
    }
}
