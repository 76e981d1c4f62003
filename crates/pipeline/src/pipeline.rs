//! Pipelines.

use std::path::Path;
use std::sync::Arc;

use catchment_config::{Environment, HostInfo as Machine, pipelines_dir};
use catchment_extract::{Source, Windows};
use catchment_load::Destination;
use catchment_run::{
    CancellationToken, ExtractInfo, LoadIdGenerator, LoadInfo, NormalizeInfo, ProgressSink, RefreshMode, RunEnvironment,
    RunError, RunOptions, Runner, SchemaFiles, StateEdit, SystemEnvironment, Trace, WorkingDir,
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
            environment: Arc::new(SystemEnvironment),
            progress: ProgressSink::Off,
            load_ids: LoadIdGenerator::default(),
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

    /// The same pipeline, whose runs tell of themselves while they go on.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use catchment::{DuckDb, Pipeline, ProgressSink};
    ///
    /// let pipeline = Pipeline::new("issues", DuckDb::new("issues.duckdb"), "github").progress(ProgressSink::Log);
    /// let own = ProgressSink::Custom(Arc::new(|event| println!("{} has {} rows", event.resource, event.rows)));
    /// let pipeline = pipeline.progress(own);
    /// ```
    #[must_use]
    pub fn progress(mut self, to: ProgressSink) -> Pipeline {
        self.runner.progress = to;
        self
    }

    /// The same pipeline, each of whose runs starts over: tables and state of earlier ones make way.
    #[must_use]
    pub fn refresh(mut self, mode: RefreshMode) -> Pipeline {
        self.runner.options.refresh = Some(mode);
        self
    }

    /// The same pipeline with another clock and other randomness.
    #[must_use]
    pub fn environment(mut self, host: impl RunEnvironment + 'static) -> Pipeline {
        self.runner.environment = Arc::new(host);
        self
    }

    /// Loads `source`, a [`Source`] or a [`Resource`](crate::Resource), after what earlier runs left behind.
    ///
    /// # Errors
    ///
    /// Where not everything could be loaded; nothing of `source` was loaded then.
    pub async fn run(&self, source: impl Into<Source>) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
        self.run_with_cancellation(source, &stop.0).await
    }

    /// [`Pipeline::run`], until `stop` is cancelled: what is sealed then is kept, nothing else.
    ///
    /// # Errors
    ///
    /// Those of [`Pipeline::run`], and [`RunError::Cancelled`].
    pub async fn run_with_cancellation(&self, source: impl Into<Source>, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        self.runner.run(&source.into(), stop).await
    }

    /// Loads a resource in windows of its cursor: each is a package of its own, which is loaded once, so that a backfill that
    /// ended early goes on where it was. The cursor of the resource stays where it is.
    ///
    /// ```no_run
    /// use catchment::rest_client::paginate;
    /// use catchment::{DuckDb, Incremental, Pipeline, Resource, Windows};
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let events = Resource::stream("events", |start| {
    ///     let (from, to) = (start.last_value_text(), start.end_value_text());
    ///     paginate("https://api.example.com/events", &[("from", &from), ("to", &to)])
    /// })
    /// .incremental(Incremental::new("day"));
    /// let weeks = Windows::new("2024-01-01", "2025-01-01", 7.0).parallel(4);
    /// let pipeline = Pipeline::new("events", DuckDb::new("events.duckdb"), "events");
    /// println!("{}", pipeline.backfill(events, &weeks).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where a window could not be loaded; those before it are. [`RunError::Backfill`] where the resource cannot be
    /// loaded like that.
    pub async fn backfill(&self, source: impl Into<Source>, windows: &Windows) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.backfill(&source.into(), windows, &stop.0).await
    }

    /// What the pipeline knows from one run to the next, as the dataset has it: cursors, and what else sources and resources
    /// keep. Changes count once they are committed.
    ///
    /// ```no_run
    /// # async fn example(pipeline: catchment::Pipeline) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut edit = pipeline.state().await?;
    /// println!("{:?}", edit.state.resource("github", "issues"));
    /// // the next run reads all issues again
    /// edit.state.set_resource("github", "issues", None);
    /// edit.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Where the destination cannot be read.
    pub async fn state(&self) -> Result<StateEdit, RunError> {
        let stop = DropGuard::default();
        self.runner.state(&stop.0).await
    }

    /// Extracts `source` and keeps its rows on disk; [`Pipeline::normalize`] comes next. A [`Pipeline::run`] does the
    /// three steps at once, and faster.
    ///
    /// # Errors
    ///
    /// Where a resource fails, or the rows cannot be kept; nothing is kept then.
    pub async fn extract(&self, source: impl Into<Source>) -> Result<ExtractInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.extract(&source.into(), &stop.0).await
    }

    /// Makes packages of tables of what was extracted; [`Pipeline::load`] comes next.
    ///
    /// # Errors
    ///
    /// Where a row cannot be normalised, or a package cannot be written; what was extracted is kept.
    pub async fn normalize(&self) -> Result<NormalizeInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.normalize(&stop.0).await
    }

    /// Loads the packages that were made and not loaded.
    ///
    /// # Errors
    ///
    /// Where one cannot be loaded. Those before it are.
    pub async fn load(&self) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
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
pub(crate) struct DropGuard(pub(crate) CancellationToken);

impl Drop for DropGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use catchment_extract::{Resource, Windows};
    use catchment_load::DuckDb;

    use super::Pipeline;

    /// A future that another thread may run.
    fn check<T>(future: impl Future<Output = T> + Send) {
        drop(future);
    }

    #[test]
    fn runs_can_be_spawned() {
        let (pipeline, resource) = (Pipeline::new("p", DuckDb::new("x.duckdb"), "d"), || Resource::rows("r", [1]));
        check(pipeline.run(resource()));
        check(pipeline.extract(resource()));
        check(pipeline.backfill(resource(), &Windows::new(0, 1, 1.0)));
        check(pipeline.state());
    }
}
