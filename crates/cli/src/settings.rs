//! What the configuration says, as the layers below take it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use catchment::rest_client::{RestClient, RestClientBuilder, RetryPolicy};
use catchment::schema::naming::normalize_path;
use catchment::{DuckDb, DuckDbOptions, NormalizeOptions, NullOnly, RunOptions};
use catchment_config::{Config, Environment, Host, pipelines_dir};
use catchment_settings::Settings;

use crate::failure::Failure;

/// The configuration of a command.
pub(crate) struct Configuration {
    config: Config,
    environment: Environment,
}

impl Configuration {
    /// Reads the environment, and the files of the project in the current folder.
    pub(crate) fn load() -> Result<Configuration, Failure> {
        let environment = Environment::from_process();
        let config = Config::load(Path::new("."), environment.clone()).map_err(|error| Failure::Usage(error.into()))?;
        Ok(Configuration { config, environment })
    }

    /// The same configuration as the pipeline `name` sees it.
    pub(crate) fn of_pipeline(mut self, name: &str) -> Configuration {
        self.config = self.config.with_pipeline(name);
        self
    }

    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings::new(&self.config)
    }

    /// The folder of pipelines: `given`, or where the reference keeps them, with our name.
    pub(crate) fn pipelines_dir(&self, given: Option<&PathBuf>) -> PathBuf {
        given.cloned().unwrap_or_else(|| pipelines_dir(&self.environment, &Host::from_process(&self.environment)))
    }

    /// The REST client with the time-outs and retries of `[runtime]`.
    pub(crate) fn rest_client(&self) -> Result<RestClientBuilder, Failure> {
        let runtime = self.settings().fixed("runtime");
        let read = || -> Result<RestClientBuilder, catchment_settings::SettingsError> {
            let mut retry = RetryPolicy::default();
            if let Some(attempts) = runtime.integer("request_max_attempts")? {
                retry.max_attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            }
            retry.backoff_factor = runtime.float("request_backoff_factor")?.unwrap_or(retry.backoff_factor);
            retry.max_delay = runtime.seconds("request_max_retry_delay")?.unwrap_or(retry.max_delay);
            let client = RestClient::builder().retry(retry);
            Ok(match runtime.seconds("request_timeout")? {
                Some(timeout) => client.timeout(timeout),
                None => client,
            })
        };
        read().map_err(|error| Failure::Usage(error.into()))
    }

    /// The destination of that name.
    pub(crate) fn destination(&self, name: &str, pipeline: &str) -> Result<DuckDb, Failure> {
        match name {
            "duckdb" => Ok(DuckDb::with_options(self.duckdb(pipeline).map_err(Failure::Usage)?)),
            "postgres" | "bigquery" | "filesystem" => {
                Err(Failure::Usage(anyhow!("destination: this version does not support {name:?}; it has duckdb")))
            }
            other => Err(Failure::Usage(anyhow!("destination: there is no {other:?}; expected duckdb"))),
        }
    }

    fn duckdb(&self, pipeline: &str) -> anyhow::Result<DuckDbOptions> {
        let settings = self.settings().section(["destination", "duckdb"]);
        let path = settings.text("credentials")?.unwrap_or_else(|| format!("{pipeline}.duckdb"));
        let path = path.strip_prefix("duckdb:///").unwrap_or(&path).to_owned();
        if path.starts_with(':') {
            return Err(anyhow!("destination.duckdb.credentials: found {path:?}, expected the path of a file"));
        }
        let path = std::path::absolute(&path).with_context(|| format!("destination.duckdb.credentials: {path:?} is no path"))?;
        let mut options = DuckDbOptions::new(path);
        options.memory_limit = settings.text("memory_limit")?.unwrap_or(options.memory_limit);
        options.threads = settings.integer("threads")?;
        options.wait = settings.seconds("wait")?.unwrap_or(options.wait);
        Ok(options)
    }

    /// The bounds on memory and threads of a run, and how it goes on.
    pub(crate) fn run_options(&self) -> Result<RunOptions, Failure> {
        let mut options = RunOptions::default();
        let settings = self.settings().section(["normalize"]);
        let read = |name| settings.integer(name).map_err(|error| Failure::Usage(error.into()));
        let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        if let Some(workers) = read("workers")? {
            options.workers = size(workers);
        }
        if let Some(bytes) = read("buffer_max_bytes")? {
            options.writer.buffer_max_bytes = size(bytes);
            options.in_flight_max_bytes = size(bytes);
        }
        let extract = self.settings().section(["extract"]);
        let read = |name| extract.integer(name).map_err(|error| Failure::Usage(error.into()));
        options.extract.max_resources = read("workers")?.map_or(options.extract.max_resources, size);
        options.extract.max_rows = read("max_parallel_items")?.map_or(options.extract.max_rows, size);
        options.normalize = self.normalize_options().map_err(Failure::Usage)?;
        let raise =
            self.settings().section(["load"]).bool("raise_on_failed_jobs").map_err(|error| Failure::Usage(error.into()))?;
        options.raise_on_failed_jobs = raise.unwrap_or(options.raise_on_failed_jobs);
        Ok(options)
    }

    fn normalize_options(&self) -> anyhow::Result<NormalizeOptions> {
        let mut options = NormalizeOptions::default();
        let settings = self.settings().section(["normalize"]);
        options.numeric_widening = settings.bool("numeric_widening")?.unwrap_or(options.numeric_widening);
        if let Some(policy) = settings.text("null_only_columns")? {
            options.null_only_columns = NullOnly::from_name(&policy).ok_or_else(|| {
                let names = NullOnly::ALL.map(NullOnly::name).join(", ");
                anyhow!("normalize.null_only_columns: found {policy:?}, expected one of {names}")
            })?;
        }
        options.quarantine_table = settings.text("quarantine_table")?.map(|name| normalize_path(&name));
        Ok(options)
    }
}
