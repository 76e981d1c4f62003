//! Pipelines.

use std::path::Path;
use std::sync::Arc;

use catchment_config::{Environment, Host as Machine, pipelines_dir};
use catchment_extract::{Progress, Source};
use catchment_load::Destination;
use catchment_run::{
    CancellationToken, ExtractInfo, Host, LoadInfo, NormalizeInfo, RunError, RunOptions, Runner, SchemaFiles, SystemHost, Trace,
    WorkingDir,
};
use catchment_schema::Schema;

use crate::{Dataset, SqlClient};

/// Loads sources into one dataset, and remembers what it has loaded.
///
/// What it remembers is in the dataset. Its working folder holds packages that are not loaded yet, and copies of
/// schema, state and trace. Dropping the future of a run, or of one of its steps, stops it in order: what is sealed
/// by then is kept, nothing else.
#[derive(Clone)]
pub struct Pipeline {
    runner: Runner,
}

impl Pipeline {
    /// The pipeline `name` into `dataset` of `destination`.
    ///
    /// Its working folder is below `pipelines` in the data folder: `CATCHMENT_DATA_DIR`, else the user's
    /// (`~/.catchment`); [`Pipeline::pipelines_dir`] takes another one.
    pub fn new(name: impl Into<String>, destination: impl Destination + 'static, dataset: impl Into<String>) -> Pipeline {
        let pipeline = name.into();
        let environment = Environment::from_process();
        let working_dir = WorkingDir::new(&pipelines_dir(&environment, &Machine::from_process(&environment)), &pipeline);
        let runner = Runner {
            pipeline,
            dataset: dataset.into(),
            destination: Arc::new(destination),
            working_dir,
            schema_files: SchemaFiles::default(),
            options: RunOptions::default(),
            host: Arc::new(SystemHost),
            progress: Progress::default(),
        };
        Pipeline { runner }
    }

    /// The same pipeline with its working folder below `dir`.
    #[must_use]
    pub fn pipelines_dir(mut self, dir: impl AsRef<Path>) -> Pipeline {
        self.runner.working_dir = WorkingDir::new(dir.as_ref(), &self.runner.pipeline);
        self
    }

    /// The same pipeline with other bounds on memory and threads.
    #[must_use]
    pub fn options(mut self, options: RunOptions) -> Pipeline {
        self.runner.options = options;
        self
    }

    /// The same pipeline, with schemas that people keep in files.
    #[must_use]
    pub fn schema_files(mut self, files: SchemaFiles) -> Pipeline {
        self.runner.schema_files = files;
        self
    }

    /// The same pipeline with another clock and other randomness.
    #[must_use]
    pub fn host(mut self, host: impl Host + 'static) -> Pipeline {
        self.runner.host = Arc::new(host);
        self
    }

    /// Loads `source`, a [`Source`] or a [`Resource`](crate::Resource), after what earlier runs left behind.
    ///
    /// # Errors
    ///
    /// Where not everything could be loaded; nothing of `source` was loaded then.
    pub async fn run(&self, source: impl Into<Source>) -> Result<LoadInfo, RunError> {
        let stop = StopWhenDropped::default();
        self.run_until(source, &stop.0).await
    }

    /// [`Pipeline::run`], until `stop` is cancelled: what is sealed then is kept, nothing else.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::run`], and [`RunError::Stopped`].
    pub async fn run_until(&self, source: impl Into<Source>, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        self.runner.run(&source.into(), stop).await
    }

    /// Extracts `source` and keeps its rows on disk; [`Pipeline::normalize`] comes next. A [`Pipeline::run`] does the
    /// three steps at once, and faster.
    ///
    /// # Errors
    ///
    /// Where a resource fails, or the rows cannot be kept; nothing is kept then.
    pub async fn extract(&self, source: impl Into<Source>) -> Result<ExtractInfo, RunError> {
        let stop = StopWhenDropped::default();
        self.runner.extract(&source.into(), &stop.0).await
    }

    /// Makes packages of tables of what was extracted; [`Pipeline::load`] comes next.
    ///
    /// # Errors
    ///
    /// Where a row cannot be normalised, or a package cannot be written; what was extracted is kept.
    pub async fn normalize(&self) -> Result<NormalizeInfo, RunError> {
        let stop = StopWhenDropped::default();
        self.runner.normalize(&stop.0).await
    }

    /// Loads the packages that were made and not loaded.
    ///
    /// # Errors
    ///
    /// Where one cannot be loaded. Those before it are.
    pub async fn load(&self) -> Result<LoadInfo, RunError> {
        let stop = StopWhenDropped::default();
        self.runner.load(&stop.0).await
    }

    /// What the last run did, with the rows of each table; none before the first one.
    pub fn last_trace(&self) -> Option<Trace> {
        self.runner.working_dir.trace()
    }

    /// The schema of the pipeline's first source, as the last package has it; none before the first one.
    pub fn default_schema(&self) -> Option<Schema> {
        self.runner.working_dir.default_schema()
    }

    /// The tables of the dataset.
    pub fn dataset(&self) -> Dataset {
        Dataset::of(self.sql_client())
    }

    /// Executes SQL in the dataset.
    pub fn sql_client(&self) -> SqlClient {
        SqlClient::new(Arc::clone(&self.runner.destination), self.runner.dataset.clone())
    }

    /// The name of the pipeline.
    pub fn name(&self) -> &str {
        &self.runner.pipeline
    }

    /// The working folder.
    pub fn working_dir(&self) -> &WorkingDir {
        &self.runner.working_dir
    }
}

/// Stops what a future began on other threads, when the future is dropped.
#[derive(Default)]
pub(crate) struct StopWhenDropped(pub(crate) CancellationToken);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
