//! Configuration of the command, converted to the option types of the other crates.

mod destination;
mod duckdb_file;
mod groups;
mod placeholders;

#[cfg(test)]
mod documentation;

use std::path::{Path, PathBuf};

use catchment::rest_api::Spec;
use catchment::rest_client::RestClientBuilder;
use catchment::{PipelineSettings, RunOptions, Settings};
use catchment_config::{DataDirs, Environment, UnusedKey};
use catchment_settings::{FromSettings, ScopedSettings};
use tracing::level_filters::LevelFilter;

pub(crate) use destination::{RunDestination, RunNames};
use duckdb_file::DatabaseFile;
pub(crate) use groups::groups;
pub(crate) use placeholders::PlaceholderSettings;

use crate::failure::CliError;
use crate::output::Output;

/// The settings of a project, with errors of the command.
pub(crate) struct Configuration(Settings);

impl Configuration {
    /// Reads the environment and the settings files of the project in the current folder.
    pub(crate) fn load(output: &Output) -> Result<Configuration, CliError> {
        let settings = Settings::from_dir(Path::new("."), Environment::from_process(), output.redactor().clone());
        settings.map(Configuration).map_err(|error| CliError::Usage(error.into()))
    }

    /// Scopes the configuration to the pipeline `name`.
    pub(crate) fn for_pipeline(self, name: &str) -> Result<Configuration, CliError> {
        Ok(Configuration(self.0.for_pipeline(name)?))
    }

    /// Adds the enabled vaults, which are queried on demand.
    pub(crate) fn with_vaults(self) -> Result<Configuration, CliError> {
        Ok(Configuration(self.0.with_vaults()?))
    }

    pub(crate) fn settings(&self) -> ScopedSettings<'_> {
        self.0.scoped()
    }

    /// Returns the settings with a placeholder for each secret that is not set, for commands that send no requests.
    pub(crate) fn with_placeholders(&self) -> PlaceholderSettings {
        PlaceholderSettings::new(self.0.config())
    }

    /// Returns the settings without vaults.
    pub(crate) fn without_vaults(&self) -> ScopedSettings<'_> {
        self.0.scoped_without_vaults()
    }

    /// Reads the lowest level to log.
    pub(crate) fn log_level(&self) -> Result<LevelFilter, CliError> {
        Ok(self.0.log_level()?)
    }

    /// Returns the settings of a source built from a spec, which take precedence over settings of all sources.
    pub(crate) fn source_settings(&self, source: &str) -> ScopedSettings<'_> {
        self.settings().section(["sources", "rest_api", source])
    }

    /// Returns the settings of a pipeline: `pipelines.<name>`.
    pub(crate) fn pipeline_settings(&self, name: &str) -> ScopedSettings<'_> {
        self.0.pipeline_section(name)
    }

    /// Reads all fields of a settings type.
    pub(crate) fn read<T: FromSettings>(&self) -> Result<T, CliError> {
        Ok(self.settings().read()?)
    }

    /// Reads the defaults of a pipeline.
    pub(crate) fn pipeline(&self, name: &str) -> Result<PipelineSettings, CliError> {
        Ok(self.pipeline_settings(name).read()?)
    }

    /// Returns the folders for pipelines and local files.
    pub(crate) fn folders(&self) -> Result<DataDirs, CliError> {
        Ok(self.0.data_dirs()?)
    }

    /// Returns the pipelines folder: `given`, or the default from [`folders`](Configuration::folders).
    pub(crate) fn pipelines_dir(&self, given: Option<&PathBuf>) -> Result<PathBuf, CliError> {
        given.map_or_else(|| Ok(self.folders()?.pipelines), |given| Ok(given.clone()))
    }

    /// Creates a REST client with the timeouts and retries of `[runtime]`.
    pub(crate) fn rest_client(&self) -> Result<RestClientBuilder, CliError> {
        Ok(self.0.rest_client()?)
    }

    /// Returns the options of a run of a source: memory, threads and handling of failed packages.
    pub(crate) fn run_options(&self, source: &str) -> Result<RunOptions, CliError> {
        Ok(RunOptions::from_settings(&self.source_settings(source))?)
    }

    /// Returns the keys in the configuration files that a run of the spec does not read.
    pub(crate) fn unused_keys(&self, spec: &Spec, pipeline: &str) -> Vec<UnusedKey> {
        let group_keys = groups().into_iter().flat_map(|group| group.fields(self, &spec.name, pipeline));
        let group_keys = group_keys.map(|field| field.key);
        let spec_keys = spec.secrets(&self.settings()).into_iter().flat_map(|secret| secret.keys().to_vec());
        self.0.config().unused_keys(&group_keys.chain(spec_keys).collect::<Vec<_>>())
    }

    /// Returns lines that describe the profile, the files read and the vaults.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.0.config().notes()
    }
}
