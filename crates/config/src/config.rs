//! The lookup over all providers.

use std::path::Path;
use std::sync::Arc;

use catchment_settings::{Found, Key, Lookup, Searched, Secret, SettingsError, Value};

use crate::providers::{EnvironmentProvider, Provider, TomlProvider};
use crate::walk::scopes;
use crate::{ConfigError, Environment, Host, SettingsFolders};

/// The configuration of a run: environment, `secrets.toml`, `config.toml`, in this order.
///
/// Files are read once, by `load`. Clones share what was read. `Debug` shows no value.
///
/// ```
/// use catchment_config::{Config, Environment};
/// use catchment_settings::Settings;
///
/// let environment = Environment::from_iter([("DEMO__NORMALIZE__WORKERS", "3")]);
/// let config = Config::from_environment(environment);
/// let workers = |config: &Config| Settings::new(config).section(["normalize"]).integer("workers");
/// assert_eq!(workers(&config)?, None);
/// assert_eq!(workers(&config.with_pipeline("demo"))?, Some(3));
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    /// In lookup order. Vaults will come after the files.
    providers: Arc<[Box<dyn Provider>]>,
    pipeline: Option<String>,
}

impl Config {
    /// Reads the settings files of the project in `project_dir` and those of the user. Files that
    /// are not there are no error; one that cannot be read, or is no TOML, is.
    pub fn load(project_dir: &Path, environment: Environment) -> Result<Self, ConfigError> {
        let host = Host::from_process(&environment);
        let folders = SettingsFolders::find(project_dir, &environment, &host);
        Self::load_from(&folders, environment)
    }

    /// As [`load`](Config::load), from folders that the caller chose.
    pub fn load_from(folders: &SettingsFolders, environment: Environment) -> Result<Self, ConfigError> {
        Ok(Self::new([
            Box::new(EnvironmentProvider::new(environment)),
            Box::new(TomlProvider::load("secrets.toml", true, folders)?),
            Box::new(TomlProvider::load("config.toml", false, folders)?),
        ]))
    }

    /// Settings from the environment only; reads no file.
    pub fn from_environment(environment: Environment) -> Self {
        Self::new([Box::new(EnvironmentProvider::new(environment)) as Box<dyn Provider>])
    }

    /// The same configuration as the pipeline `name` sees it: what stands under its name wins.
    #[must_use]
    pub fn with_pipeline(&self, name: impl Into<String>) -> Self {
        Self { providers: Arc::clone(&self.providers), pipeline: Some(name.into()) }
    }

    fn new<const N: usize>(providers: [Box<dyn Provider>; N]) -> Self {
        Self { providers: Arc::new(providers), pipeline: None }
    }

    /// The providers that hold anything: the others are neither asked nor named.
    fn providers(&self) -> impl Iterator<Item = &dyn Provider> {
        self.providers.iter().map(AsRef::as_ref).filter(|provider| !provider.is_empty())
    }
}

impl Lookup for Config {
    fn find(&self, key: &Key) -> Result<Option<Found>, SettingsError> {
        for paths in scopes(key, self.pipeline.as_deref()) {
            for provider in self.providers() {
                for path in &paths {
                    let Some(found) = provider.get(key, path)? else {
                        continue;
                    };
                    // A table of fields, such as credentials, may stand here in part: its secret
                    // fields are asked for one by one.
                    let is_table = matches!(found.value, Value::Table(_));
                    if key.is_secret() && !provider.holds_secrets() && !is_table {
                        return Err(SettingsError::SecretInPlainFile {
                            name: key.name().to_owned(),
                            place: Box::new(found.place),
                        });
                    }
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    fn searched(&self, key: &Key) -> Searched {
        // A secret must not stand in a plain file, so the error does not send anyone there.
        let may_hold = |provider: &&dyn Provider| provider.holds_secrets() || !key.is_secret();
        let mut places = Vec::new();
        for paths in scopes(key, self.pipeline.as_deref()) {
            for provider in self.providers().filter(may_hold) {
                places.extend(paths.iter().map(|path| provider.place(path)));
            }
        }
        let all = self.providers.iter().map(AsRef::as_ref);
        let notes = all.filter(may_hold).filter_map(Provider::note).collect();
        Searched { places, notes }
    }

    fn variable(&self, name: &str) -> Option<Secret> {
        self.providers().find_map(|provider| provider.variable(name))
    }
}
