//! The type [`Pipeline`].

use std::path::Path;
use std::sync::Arc;

use catchment_config::{Environment, HostInfo as Machine, pipelines_dir};
use catchment_extract::{Source, Windows};
use catchment_load::Destination;
use catchment_run::{
    CancellationToken, DropPlan, DropRequest, ExtractInfo, LoadIdGenerator, LoadInfo, NormalizeInfo, ProgressSink, Redactor,
    RefreshMode, RunEnvironment, RunError, RunOptions, Runner, SchemaFiles, StateEdit, SyncInfo, SystemEnvironment, Trace,
    WorkingDir,
};
use catchment_schema::Schema;

use catchment_dataset::{Dataset, SqlClient};

/// A pipeline that loads sources into one dataset and stores its state there.
///
/// The working folder holds pending packages, and copies of schema, state and trace. Dropping the future of a run, or of
/// one of its steps, shuts it down gracefully: sealed packages are kept for the next run, unsealed ones are discarded.
#[derive(Clone)]
pub struct Pipeline {
    runner: Runner,
}

impl Pipeline {
    /// Creates the pipeline `name`, which loads into `dataset` of `destination`.
    ///
    /// The working folder is `pipelines/<name>` in the data folder: `CATCHMENT_DATA_DIR`, by default `~/.catchment`.
    /// [`Pipeline::pipelines_dir`] changes it.
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
            redactor: Redactor::default(),
        };
        Pipeline { runner }
    }

    /// Sets the folder that contains the working folder of the pipeline.
    #[must_use]
    pub fn pipelines_dir(mut self, dir: impl AsRef<Path>) -> Pipeline {
        self.runner.working_dir = WorkingDir::new(dir.as_ref(), &self.runner.pipeline);
        self
    }

    /// Sets the options of runs, such as limits on memory and threads. Options without a refresh mode keep that of
    /// [`Pipeline::refresh`].
    #[must_use]
    pub fn options(mut self, options: RunOptions) -> Pipeline {
        let refresh = options.refresh.or(self.runner.options.refresh);
        self.runner.options = RunOptions { refresh, ..options };
        self
    }

    /// Sets the folders that schemas are imported from and exported to.
    #[must_use]
    pub fn schema_files(mut self, files: SchemaFiles) -> Pipeline {
        self.runner.schema_files = files;
        self
    }

    /// Sets the progress output of runs. Default: off.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use catchment::{DuckDb, Pipeline, ProgressSink};
    ///
    /// let pipeline = Pipeline::new("issues", DuckDb::new("issues.duckdb"), "github").progress(ProgressSink::Log);
    /// let custom = ProgressSink::Custom(Arc::new(|event| println!("{} has {} rows", event.resource, event.rows)));
    /// let pipeline = pipeline.progress(custom);
    /// ```
    #[must_use]
    pub fn progress(mut self, sink: ProgressSink) -> Pipeline {
        self.runner.progress = sink;
        self
    }

    /// Sets the refresh mode: each run drops or empties tables and resets state, in the transaction that loads the new rows.
    #[must_use]
    pub fn refresh(mut self, mode: RefreshMode) -> Pipeline {
        self.runner.options.refresh = Some(mode);
        self
    }

    /// Sets the redactor, which masks its secrets in the trace of a failed run. Default: no known secrets.
    #[must_use]
    pub fn redactor(mut self, redactor: Redactor) -> Pipeline {
        self.runner.redactor = redactor;
        self
    }

    /// Sets the clock and the source of randomness.
    #[must_use]
    pub fn environment(mut self, environment: impl RunEnvironment + 'static) -> Pipeline {
        self.runner.environment = Arc::new(environment);
        self
    }

    /// Loads pending packages of earlier runs, then `source`: a [`Source`] or a [`Resource`](crate::Resource).
    ///
    /// A run that ended early resumes at the page where it stopped, if the resource has stable pages and positions:
    ///
    /// ```no_run
    /// use catchment::rest_client::RestClient;
    /// use catchment::{Page, Resource};
    /// use futures_util::StreamExt as _;
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = RestClient::builder().base_url("https://api.example.com/").build()?;
    /// let request = client.request("events")?;
    /// let events = Resource::pages("events", move |start| {
    ///     let pages = match &start.position {
    ///         Some(position) => client.paginate_from(request.clone(), position),
    ///         None => client.paginate(request.clone()),
    ///     };
    ///     pages.map(|page| page.map(|page| Page::from(page.rows).with_next_position(page.position)).map_err(Into::into))
    /// })
    /// .resumable(true);
    /// # let _ = events;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the run fails. No row of `source` is loaded then.
    pub async fn run(&self, source: impl Into<Source>) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
        self.run_with_cancellation(source, &stop.0).await
    }

    /// Loads `source` like [`Pipeline::run`] until `stop` is cancelled. A package that is sealed by then is kept for the next
    /// run.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Pipeline::run`], and [`RunError::Cancelled`] if `stop` is cancelled.
    pub async fn run_with_cancellation(&self, source: impl Into<Source>, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        self.runner.run(&source.into(), stop).await
    }

    /// Backfills a resource in windows of its cursor.
    ///
    /// Each window is a package that is loaded once, so an interrupted backfill resumes with the missing windows. The cursor
    /// of the resource does not move.
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
    /// Returns an error if a window cannot be loaded; earlier windows stay loaded. Returns [`RunError::Backfill`] if the
    /// resource does not support windows.
    pub async fn backfill(&self, source: impl Into<Source>, windows: &Windows) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
        self.backfill_with_cancellation(source, windows, &stop.0).await
    }

    /// Backfills a resource like [`Pipeline::backfill`] until `stop` is cancelled. Windows that are loaded by then stay loaded.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Pipeline::backfill`], and [`RunError::Cancelled`] if `stop` is cancelled.
    pub async fn backfill_with_cancellation(
        &self,
        source: impl Into<Source>,
        windows: &Windows,
        stop: &CancellationToken,
    ) -> Result<LoadInfo, RunError> {
        self.runner.backfill(&source.into(), windows, stop).await
    }

    /// Plans to drop tables and state of resources, and to set cursors. Nothing changes before [`DropPlan::commit`].
    ///
    /// ```no_run
    /// # async fn example(pipeline: catchment::Pipeline) -> Result<(), Box<dyn std::error::Error>> {
    /// let plan = pipeline.plan_drop(&catchment::DropRequest::of_resources(["issues"])).await?;
    /// println!("{plan}");
    /// plan.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read, if the request is invalid, or if a pending package contradicts it.
    pub async fn plan_drop(&self, request: &DropRequest) -> Result<DropPlan, RunError> {
        let stop = DropGuard::default();
        self.runner.plan_drop(request, &stop.0).await
    }

    /// Restores the copies of state and schemas in the working folder from the dataset. Creates the folder if it is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if packages are pending, if the destination cannot be read, or if the copies cannot be written.
    pub async fn sync(&self) -> Result<SyncInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.sync(&stop.0).await
    }

    /// Restores the copies like [`Pipeline::sync`], and permanently removes pending packages.
    ///
    /// # Errors
    ///
    /// Returns an error if another process uses a package, if the destination cannot be read, or if the copies cannot be
    /// written.
    pub async fn sync_discarding_pending(&self) -> Result<SyncInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.sync_discarding_pending(&stop.0).await
    }

    /// Returns the stored state of sources and resources, such as cursors, to read or edit.
    ///
    /// Edits take effect with [`StateEdit::commit`].
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
    /// Returns an error if the destination cannot be read.
    pub async fn state(&self) -> Result<StateEdit, RunError> {
        let stop = DropGuard::default();
        self.runner.state(&stop.0).await
    }

    /// Extracts `source` to disk, for [`Pipeline::normalize`]. [`Pipeline::run`] runs all three steps concurrently, which is
    /// faster.
    ///
    /// # Errors
    ///
    /// Returns an error if a resource fails or the rows cannot be written. The extracted rows are then discarded, except
    /// those of resumable resources.
    pub async fn extract(&self, source: impl Into<Source>) -> Result<ExtractInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.extract(&source.into(), &stop.0).await
    }

    /// Normalizes extracted rows to packages, for [`Pipeline::load`].
    ///
    /// # Errors
    ///
    /// Returns an error if a row cannot be normalized or a package cannot be written. The extracted rows are kept.
    pub async fn normalize(&self) -> Result<NormalizeInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.normalize(&stop.0).await
    }

    /// Loads pending packages.
    ///
    /// # Errors
    ///
    /// Returns an error if a package cannot be loaded. Earlier packages stay loaded.
    pub async fn load(&self) -> Result<LoadInfo, RunError> {
        let stop = DropGuard::default();
        self.runner.load(&stop.0).await
    }

    /// Returns the trace of the last run, or `None` before the first run.
    pub fn last_trace(&self) -> Option<Trace> {
        self.runner.working_dir.trace()
    }

    /// Returns the schema of the pipeline's first source as of the last package, or `None` before the first one.
    pub fn default_schema(&self) -> Option<Schema> {
        self.runner.working_dir.default_schema()
    }

    /// Returns the dataset.
    pub fn dataset(&self) -> Dataset {
        Dataset::new(Arc::clone(&self.runner.destination), self.runner.dataset.clone())
    }

    /// Returns a client for SQL queries in the dataset.
    pub fn sql_client(&self) -> SqlClient {
        SqlClient::new(Arc::clone(&self.runner.destination), self.runner.dataset.clone())
    }

    /// Returns the name of the pipeline.
    pub fn name(&self) -> &str {
        &self.runner.pipeline
    }

    /// Returns the working folder.
    pub fn working_dir(&self) -> &WorkingDir {
        &self.runner.working_dir
    }
}

/// Cancels work on other threads when the future that started it is dropped.
#[derive(Default)]
pub(crate) struct DropGuard(pub(crate) CancellationToken);

impl Drop for DropGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(all(test, feature = "duckdb"))]
mod tests {
    use catchment_extract::{Resource, Windows};
    use catchment_load_duckdb::DuckDb;

    use super::Pipeline;

    /// Compiles only if the future is `Send`.
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
