//! What the configuration says, as the layers below take it.

mod duckdb_file;
mod groups;
mod pipeline;

#[cfg(test)]
mod documentation;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use catchment::rest_api::Spec;
use catchment::rest_client::{RequestSettings, RestClient, RestClientBuilder};
use catchment::{DuckDb, DuckDbSettings, RunOptions, WorkingDir};
use catchment_config::{Config, DataDirs, Environment, HostInfo, UnusedKey};
use catchment_settings::{FromSettings, Settings};
use catchment_vault::add_enabled_vaults;

pub(crate) use duckdb_file::DatabaseFile;
pub(crate) use groups::groups;
pub(crate) use pipeline::PipelineSettings;

use crate::failure::CliError;
use crate::logging::LogSettings;
use crate::output::Output;

/// The configuration of a command.
pub(crate) struct Configuration {
    config: Config,
    /// The same without vaults: for what says how these are asked, and what must work while none answers.
    without_vaults: Config,
    environment: Environment,
}

impl Configuration {
    /// Reads the environment, and the files of the project in the current folder.
    pub(crate) fn load(output: &Output) -> Result<Configuration, CliError> {
        let environment = Environment::from_process();
        let config = Config::load(Path::new("."), environment.clone()).map_err(|error| CliError::Usage(error.into()))?;
        let config = config.with_redactor(output.redactor().clone());
        Ok(Configuration { config: config.clone(), without_vaults: config, environment })
    }

    /// The same configuration as the pipeline `name` sees it, with the vaults that it enables; they are asked when they are
    /// needed.
    pub(crate) fn for_pipeline(self, name: &str) -> Result<Configuration, CliError> {
        let without_vaults = self.without_vaults.with_pipeline(name);
        Ok(Configuration { config: add_enabled_vaults(without_vaults.clone())?, without_vaults, ..self })
    }

    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings::new(&self.config)
    }

    /// The settings that vaults are not asked for.
    pub(crate) fn without_vaults(&self) -> Settings<'_> {
        Settings::new(&self.without_vaults)
    }

    /// What is logged.
    pub(crate) fn log(&self) -> Result<LogSettings, CliError> {
        Ok(self.without_vaults().read()?)
    }

    /// The settings of a source made of a spec, which win over those of all sources.
    pub(crate) fn source_settings(&self, source: &str) -> Settings<'_> {
        self.settings().section(["sources", "rest_api", source])
    }

    /// The settings of a pipeline: `pipelines.<name>`.
    pub(crate) fn pipeline_settings(&self, name: &str) -> Settings<'_> {
        self.settings().section(["pipelines", name])
    }

    /// All fields of a type.
    pub(crate) fn read<T: FromSettings>(&self) -> Result<T, CliError> {
        Ok(self.settings().read()?)
    }

    /// What is set of a pipeline.
    pub(crate) fn pipeline(&self, name: &str) -> Result<PipelineSettings, CliError> {
        Ok(self.pipeline_settings(name).read()?)
    }

    /// The folders for pipelines and for local files.
    pub(crate) fn folders(&self) -> Result<DataDirs, CliError> {
        Ok(DataDirs::discover(&self.without_vaults, &self.environment, &HostInfo::from_process(&self.environment))?)
    }

    /// The folder of pipelines: `given`, or what [`folders`](Configuration::folders) has.
    pub(crate) fn pipelines_dir(&self, given: Option<&PathBuf>) -> Result<PathBuf, CliError> {
        given.map_or_else(|| Ok(self.folders()?.pipelines), |given| Ok(given.clone()))
    }

    /// The REST client with the time-outs and retries of `[runtime]`.
    pub(crate) fn rest_client(&self) -> Result<RestClientBuilder, CliError> {
        Ok(self.read::<RequestSettings>()?.apply(RestClient::builder().redactor(self.config.redactor().clone())))
    }

    /// The destination of that name, and the file that it is. In development mode a file that no setting names is in the working
    /// folder, which is removed with all that is in it.
    pub(crate) fn destination(
        &self,
        name: &str,
        working_dir: &WorkingDir,
        pipeline: &str,
        dev_mode: bool,
    ) -> Result<(DuckDb, DatabaseFile), CliError> {
        match name {
            "duckdb" => {
                let settings = self.read::<DuckDbSettings>()?;
                let is_in_dev_folder = dev_mode && settings.has_default_file();
                let local = if is_in_dev_folder { working_dir.path().to_owned() } else { self.folders()?.local };
                // A folder for local files that is set is as good as a file that is.
                let is_default = settings.has_default_file() && local.as_os_str().is_empty();
                let mut options = settings.options(pipeline, &local, working_dir.path());
                if options.path.starts_with(&local) && !local.as_os_str().is_empty() {
                    let made = std::fs::create_dir_all(&local);
                    made.with_context(|| format!("failed to create {}", local.display())).map_err(CliError::Run)?;
                }
                let path = std::path::absolute(&options.path);
                let path = path.context("destination.duckdb.credentials: it is no path").map_err(CliError::Usage)?;
                let file = if is_default {
                    DatabaseFile::default(path, working_dir.default_database(), Path::exists)
                } else {
                    let last = working_dir.trace().and_then(|trace| trace.load).map(|load| load.location);
                    DatabaseFile::configured(path, last.as_deref(), Path::exists)
                };
                options.path.clone_from(&file.path);
                Ok((DuckDb::with_options(options), file))
            }
            "postgres" | "bigquery" | "filesystem" => {
                Err(CliError::Usage(anyhow!("destination: this version does not support {name:?}; it has duckdb")))
            }
            other => Err(CliError::Usage(anyhow!("destination: there is no {other:?}; expected duckdb"))),
        }
    }

    /// The bounds on memory and threads of a run of a source, and how it goes on.
    pub(crate) fn run_options(&self, source: &str) -> Result<RunOptions, CliError> {
        Ok(RunOptions::from_settings(&self.source_settings(source))?)
    }

    /// The keys in the project's files that a run of the spec does not ask for.
    pub(crate) fn unused_keys(&self, spec: &Spec, pipeline: &str) -> Vec<UnusedKey> {
        let of_groups = groups().into_iter().flat_map(|group| group.fields(self, &spec.name, pipeline));
        let of_groups = of_groups.map(|field| field.key);
        let of_spec = spec.secrets(&self.settings()).into_iter().flat_map(|secret| secret.keys().to_vec());
        self.config.unused_keys(&of_groups.chain(of_spec).collect::<Vec<_>>())
    }

    /// Lines on the profile, and on which files and vaults were read.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.config.notes()
    }
}
