//! The settings of a project, as the command reads them.

mod destination;
mod log;
mod pipeline;
#[cfg(test)]
mod tests;

use std::path::Path;

use catchment_config::{Config, ConfigError, DataDirs, Environment, HostInfo};
use catchment_rest_client::{RequestSettings, RestClient, RestClientBuilder};
use catchment_settings::{FromSettingValue, FromSettings, Redactor, ScopedSettings, SettingsError};
use catchment_vault::add_enabled_vaults;
use thiserror::Error;
use tracing::level_filters::LevelFilter;

pub use log::LogSettings;
pub use pipeline::{PipelineSettings, ProgressMode};

/// The settings of a project: environment variables, `secrets.toml` and `config.toml` of the project and of the user, and
/// vaults, in this order of precedence. Programs and the command read the same settings.
///
/// ```no_run
/// use catchment::rest_client::BearerToken;
/// use catchment::{Resource, Secret, Settings};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let settings = Settings::from_project()?;
/// let token: Secret = settings.require("sources.github.access_token")?;
/// let client = settings.rest_client()?.base_url("https://api.github.com/").auth(BearerToken::new(token)).build()?;
/// let issues = Resource::stream("issues", move |_| Ok(client.paginate(client.request("repos/dlt-hub/dlt/issues")?)));
/// println!("{}", settings.pipeline("github_issues")?.run(issues).await?);
/// # Ok(())
/// # }
/// ```
///
/// `Debug` shows no values.
#[derive(Debug, Clone)]
pub struct Settings {
    config: Config,
    /// The configuration without vaults, which have settings themselves.
    without_vaults: Config,
    has_vaults: bool,
    environment: Environment,
}

/// Invalid settings of a project.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// A settings file cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A setting is missing or invalid.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The configured destination does not exist, or its cargo feature is disabled.
    #[error("unknown destination {name:?}; the enabled cargo features of catchment have: {}", enabled.join(", "))]
    UnknownDestination {
        /// The configured name.
        name: String,
        /// The destinations whose cargo features are enabled.
        enabled: &'static [&'static str],
    },
    /// The settings of the PostgreSQL destination are invalid.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] catchment_load_postgres::OptionsError),
    /// The settings of the BigQuery destination are invalid.
    #[cfg(feature = "bigquery")]
    #[error(transparent)]
    BigQuery(#[from] catchment_load_bigquery::OptionsError),
    /// The folder for local files cannot be created.
    #[error("failed to create {}", path.display())]
    CreateFolder {
        /// The folder.
        path: std::path::PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

impl Settings {
    /// Reads the environment and the settings files of the project in the current folder, and adds its enabled vaults, which
    /// are queried on demand.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or is not valid TOML, or if the settings of a vault are invalid.
    pub fn from_project() -> Result<Settings, ProjectError> {
        Ok(Settings::from_dir(Path::new("."), Environment::from_process(), Redactor::default())?.with_vaults()?)
    }

    /// Reads the settings files of the project in `dir`, without vaults. `redactor` receives every secret that is looked up.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or is not valid TOML.
    pub fn from_dir(dir: &Path, environment: Environment, redactor: Redactor) -> Result<Settings, ConfigError> {
        Ok(Settings::from_config(Config::load(dir, environment.clone())?.with_redactor(redactor), environment))
    }

    /// Creates settings from a configuration without vaults.
    pub fn from_config(config: Config, environment: Environment) -> Settings {
        Settings { config: config.clone(), without_vaults: config, has_vaults: false, environment }
    }

    /// Adds the enabled vaults.
    ///
    /// # Errors
    ///
    /// Returns an error if the settings of a vault are invalid, or if its cargo feature is disabled.
    pub fn with_vaults(self) -> Result<Settings, SettingsError> {
        Ok(Settings { config: add_enabled_vaults(self.without_vaults.clone())?, has_vaults: true, ..self })
    }

    /// Sets the pipeline. Settings in sections that start with its name take precedence.
    ///
    /// # Errors
    ///
    /// Returns an error if the settings of a vault are invalid for this pipeline.
    pub fn for_pipeline(&self, name: &str) -> Result<Settings, SettingsError> {
        let settings = Settings::from_config(self.without_vaults.with_pipeline(name), self.environment.clone());
        if self.has_vaults { settings.with_vaults() } else { Ok(settings) }
    }

    /// Returns a setting by its path, such as `sources.github.page_size`, or `None` if it is not set. The sections before the
    /// last one are optional: `sources.github.page_size` is also found as `github.page_size`.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not a `T`, cannot be read, or is a secret in a location where secrets are not
    /// allowed.
    pub fn get<T: FromSettingValue>(&self, path: &str) -> Result<Option<T>, SettingsError> {
        let (settings, field) = self.at(path);
        settings.get(field)
    }

    /// Returns a required setting by its path, like [`Settings::get`]. Secrets are read as [`Secret`](crate::Secret).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Settings::get`], and an error that lists every searched location if it is not set.
    pub fn require<T: FromSettingValue>(&self, path: &str) -> Result<T, SettingsError> {
        let (settings, field) = self.at(path);
        settings.require(field)
    }

    /// Returns the settings that have the field of a path, and the field. The last section is part of every location, because
    /// a variable without section, such as `USERNAME`, often exists for another purpose.
    fn at<'p>(&self, path: &'p str) -> (ScopedSettings<'_>, &'p str) {
        let Some((sections, field)) = path.rsplit_once('.') else { return (self.scoped(), path) };
        let settings = match sections.rsplit_once('.') {
            Some((outer, last)) => self.scoped().section(outer.split('.')).fixed(last),
            None => self.scoped().fixed(sections),
        };
        (settings, field)
    }

    /// Reads all fields of a settings type.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all invalid and missing settings.
    pub fn read<T: FromSettings>(&self) -> Result<T, SettingsError> {
        self.scoped().read()
    }

    /// Returns the settings for typed lookups, such as those of [`RestApi::settings`](crate::rest_api::RestApi::settings).
    pub fn scoped(&self) -> ScopedSettings<'_> {
        ScopedSettings::new(&self.config)
    }

    /// Returns the settings without vaults.
    pub fn scoped_without_vaults(&self) -> ScopedSettings<'_> {
        ScopedSettings::new(&self.without_vaults)
    }

    /// Returns the configuration, which reports the origin of values.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the lowest level to log: `runtime.log_level`, by default warnings.
    ///
    /// ```no_run
    /// let settings = catchment::Settings::from_project()?;
    /// tracing_subscriber::fmt().with_max_level(settings.log_level()?).init();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the setting is invalid.
    pub fn log_level(&self) -> Result<LevelFilter, SettingsError> {
        Ok(self.scoped_without_vaults().read::<LogSettings>()?.level)
    }

    /// Returns the builder of a REST client with the timeouts and retries of `[runtime]`. Its errors mask secrets that were
    /// looked up.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is invalid.
    pub fn rest_client(&self) -> Result<RestClientBuilder, SettingsError> {
        let client = RestClient::builder().redactor(self.config.redactor().clone());
        Ok(self.read::<RequestSettings>()?.apply(client))
    }

    /// Returns the folders for pipelines and local files.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is invalid.
    pub fn data_dirs(&self) -> Result<DataDirs, SettingsError> {
        DataDirs::discover(&self.without_vaults, &self.environment, &HostInfo::from_process(&self.environment))
    }

    /// Returns the settings of a pipeline: `pipelines.<name>`.
    pub fn pipeline_section(&self, name: &str) -> ScopedSettings<'_> {
        self.scoped().section(["pipelines", name])
    }
}
