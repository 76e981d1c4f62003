//! The runner of a pipeline.

use std::sync::Arc;

use catchment_extract::{ProgressChannel, Source, Windows};
use catchment_load::Destination;
use catchment_load_package::{PackageStore, fail_point};
use catchment_settings::Redactor;
use tokio_util::sync::CancellationToken;

use crate::backfill::Backfill;
use crate::drop::{DropPlan, DropRequest};
use crate::engine::discard_resumable;
use crate::environment::RunEnvironment;
use crate::error::RunError;
use crate::options::RunOptions;
use crate::pipeline_name::validate_pipeline_name;
use crate::plan::{LoadIdGenerator, Planner, StoredDataset};
use crate::progress::{ProgressSink, report_progress};
use crate::report::{
    Diagnostics, ExtractInfo, LoadInfo, NormalizeInfo, NormalizedPackage, PackageInfo, PackageOutcome, RunFailure, SyncInfo,
    Trace,
};
use crate::state_edit::StateEdit;
use crate::steps::{self, BuiltPackage, Normalized, PackageBuilder, PackageFailure, PackageLoader};
use crate::sync::sync;
use crate::working_dir::{ResourceLocks, SchemaFiles, WorkingDir};

/// A pipeline that loads into a dataset, with the configuration of its runs.
#[derive(Clone)]
pub struct Runner {
    /// The name of the pipeline.
    pub pipeline: String,
    /// The dataset.
    pub dataset: String,
    /// The destination of the dataset.
    pub destination: Arc<dyn Destination>,
    /// The working folder of the pipeline.
    pub working_dir: WorkingDir,
    /// The folders of schema files to import and export.
    pub schema_files: SchemaFiles,
    /// The limits and settings of runs.
    pub options: RunOptions,
    /// The clock and the source of randomness.
    pub environment: Arc<dyn RunEnvironment>,
    /// The sink of progress events.
    pub progress: ProgressSink,
    /// The generator of load ids.
    pub load_ids: LoadIdGenerator,
    /// Masks secrets in the trace.
    pub redactor: Redactor,
}

impl Runner {
    /// Loads the pending packages of earlier runs, then extracts `source` into a package and loads it.
    ///
    /// If `stop` is cancelled, sealed packages and checkpoints of resumable resources remain for the next run. Everything
    /// else is discarded.
    ///
    /// # Errors
    ///
    /// Returns an error if not everything could be loaded. The dataset is then unchanged, except for packages of earlier
    /// runs that were loaded first.
    pub async fn run(&self, source: &Source, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        fail_point!("run::locked");
        let events = ProgressChannel::default();
        let loading = self.run_locked(started_at, &store, source, &events, stop);
        let loaded = report_progress(&self.progress, &events, loading).await;
        self.record_failure(started_at, loaded)
    }

    async fn run_locked(
        &self,
        started_at: i64,
        store: &PackageStore,
        source: &Source,
        events: &ProgressChannel,
        stop: &CancellationToken,
    ) -> Result<LoadInfo, RunError> {
        let (mut normalized, mut packages, mut diagnostics) = self.recover(store, stop).await?;
        fail_point!("run::recovered");
        let plan = self.planner(store, stop).plan(source).await?;
        fail_point!("run::planned");
        if !plan.source.resources.iter().any(|resource| resource.resumable) {
            discard_resumable(store, &plan.header.source, |resource| plan.header.has_resource(resource))?;
        }
        let built = self.builder(store, &self.options, stop).build_from_source(&plan, events).await?;
        let package = built.package(&mut diagnostics);
        fail_point!("run::package_built");
        normalized.extend(package.as_ref().map(BuiltPackage::to_normalized));
        let normalize = self.normalize_info(started_at, normalized, diagnostics.clone());
        if let Some(package) = package {
            packages.push(self.loader(store, stop).load(package, PackageOutcome::Loaded).await?);
        }
        fail_point!("run::loaded");
        let load = self.load_info(started_at, packages, diagnostics);
        self.working_dir.save_trace(&Trace { normalize: Some(normalize), load: Some(load.clone()), ..Trace::default() });
        fail_point!("run::trace_written");
        Ok(load)
    }

    /// Normalizes pending extracts and loads pending packages of earlier runs.
    async fn recover(
        &self,
        store: &PackageStore,
        stop: &CancellationToken,
    ) -> Result<(Vec<NormalizedPackage>, Vec<PackageInfo>, Diagnostics), RunError> {
        let Normalized { packages: normalized, failures, diagnostics } =
            steps::normalize(&self.builder(store, &self.options, stop)).await?;
        let mut packages = report_failures(failures, !self.options.raise_on_failed_jobs)?;
        packages.extend(self.loader(store, stop).load_pending(&PackageOutcome::Recovered).await?);
        Ok((normalized, packages, diagnostics))
    }

    /// Backfills the only selected resource of `source` in windows of its cursor, one package per window. Pending packages
    /// are loaded first.
    ///
    /// Windows that are already loaded are skipped, so an interrupted backfill resumes. The cursor of the resource does not
    /// change.
    ///
    /// # Errors
    ///
    /// Returns an error if a window cannot be loaded; earlier windows remain loaded. Returns [`RunError::Backfill`] if the
    /// resource does not support backfill.
    pub async fn backfill(&self, source: &Source, windows: &Windows, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        let loaded = self.backfill_locked(started_at, &store, source, windows, stop).await;
        self.record_failure(started_at, loaded)
    }

    async fn backfill_locked(
        &self,
        started_at: i64,
        store: &PackageStore,
        source: &Source,
        windows: &Windows,
        stop: &CancellationToken,
    ) -> Result<LoadInfo, RunError> {
        let (_, mut packages, mut diagnostics) = self.recover(store, stop).await?;
        let events = ProgressChannel::default();
        let options = self.options.with_memory_share(windows.parallel);
        let backfill = Backfill {
            planner: self.planner(store, stop),
            builder: self.builder(store, &options, stop),
            loader: self.loader(store, stop),
            events: &events,
        };
        let backfilling = backfill.run(source, windows, &mut diagnostics);
        packages.extend(report_progress(&self.progress, &events, backfilling).await?);
        let load = self.load_info(started_at, packages, diagnostics);
        self.working_dir.save_trace(&Trace { load: Some(load.clone()), ..Trace::default() });
        Ok(load)
    }

    /// Returns the state of the pipeline for reading and editing.
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read.
    pub async fn state(&self, stop: &CancellationToken) -> Result<StateEdit, RunError> {
        StateEdit::load(self, stop).await
    }

    /// Plans to drop tables and state of resources, and to set cursors. Nothing changes before [`DropPlan::commit`].
    ///
    /// # Errors
    ///
    /// Returns an error if the destination cannot be read, if the request is invalid, or if a pending package contradicts it
    /// ([`DropError`](crate::DropError)). Names that match nothing are [warnings](DropPlan::warnings).
    pub async fn plan_drop(&self, request: &DropRequest, stop: &CancellationToken) -> Result<DropPlan, RunError> {
        validate_pipeline_name(&self.pipeline)?;
        DropPlan::load(self, request, stop).await
    }

    /// Restores the copies of state and schemas in the working folder from the dataset. Creates the folder if it is missing.
    ///
    /// ```no_run
    /// use catchment_run::{CancellationToken, RunError, Runner};
    ///
    /// async fn restore(runner: &Runner) -> Result<(), RunError> {
    ///     println!("{}", runner.sync(&CancellationToken::new()).await?);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`RunError::PendingPackages`] if the folder has pending extracts or packages, [`RunError::NoStoredState`] if the
    /// dataset has no state of the pipeline, and an error if the destination cannot be read or the copies cannot be written.
    pub async fn sync(&self, stop: &CancellationToken) -> Result<SyncInfo, RunError> {
        sync(self, false, stop).await
    }

    /// Restores the copies like [`Runner::sync`], and permanently removes pending extracts and packages. They remain if the
    /// destination cannot be read.
    ///
    /// # Errors
    ///
    /// Returns an error if another process has locked a package, if the destination cannot be read, or if the copies cannot
    /// be written.
    pub async fn sync_discarding_pending(&self, stop: &CancellationToken) -> Result<SyncInfo, RunError> {
        sync(self, true, stop).await
    }

    /// Extracts `source` to disk, to be normalized later.
    ///
    /// # Errors
    ///
    /// Returns an error if a resource fails or the rows cannot be written. Nothing is stored then, except checkpoints of
    /// resumable resources. Returns [`RunError::PendingRows`] if an incremental resource has pending rows, because its
    /// cursor advances only when they are loaded.
    pub async fn extract(&self, source: &Source, stop: &CancellationToken) -> Result<ExtractInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        let extracted = self.extract_locked(started_at, &store, source, stop).await;
        self.record_failure(started_at, extracted)
    }

    async fn extract_locked(
        &self,
        started_at: i64,
        store: &PackageStore,
        source: &Source,
        stop: &CancellationToken,
    ) -> Result<ExtractInfo, RunError> {
        steps::ensure_nothing_pending(store, source)?;
        let plan = self.planner(store, stop).plan(source).await?;
        let events = ProgressChannel::default();
        let builder = self.builder(store, &self.options, stop);
        let extracting = steps::extract(&builder, &plan, &events);
        let (row_counts, diagnostics) = report_progress(&self.progress, &events, extracting).await?;
        let (load_id, pipeline_name, finished_at) = (plan.header.load_id, self.pipeline.clone(), self.environment.now());
        let info = ExtractInfo { pipeline_name, started_at, finished_at, load_id, row_counts, diagnostics };
        self.working_dir.save_trace(&Trace { extract: Some(info.clone()), ..Trace::default() });
        Ok(info)
    }

    /// Normalizes pending extracts into packages.
    ///
    /// # Errors
    ///
    /// Returns an error if a package cannot be written; its extract remains pending. Returns an error if a row cannot be
    /// normalized; its extract moves to the failed packages, and the other extracts are normalized.
    pub async fn normalize(&self, stop: &CancellationToken) -> Result<NormalizeInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let builder = self.builder(&store, &self.options, stop);
        let normalized = steps::normalize(&builder).await.and_then(|Normalized { packages, failures, diagnostics }| {
            report_failures(failures, false)?;
            Ok((packages, diagnostics))
        });
        let (packages, diagnostics) = self.record_failure(started_at, normalized)?;
        let info = self.normalize_info(started_at, packages, diagnostics);
        let extract = self.working_dir.trace().and_then(|trace| trace.extract);
        self.working_dir.save_trace(&Trace { extract, normalize: Some(info.clone()), ..Trace::default() });
        Ok(info)
    }

    /// Loads the pending packages.
    ///
    /// # Errors
    ///
    /// Returns an error if a package cannot be loaded; earlier packages remain loaded. The package stays pending, or moves
    /// to the failed packages if it can never be loaded.
    pub async fn load(&self, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let packages = self.loader(&store, stop).load_pending(&PackageOutcome::Loaded).await;
        let packages = self.record_failure(started_at, packages)?;
        let info = self.load_info(started_at, packages, Diagnostics::default());
        let before = self.working_dir.trace().unwrap_or_default();
        self.working_dir.save_trace(&Trace { load: Some(info.clone()), failure: None, ..before });
        Ok(info)
    }

    /// Adds the error of a step to the trace, beside the reports of the last successful steps.
    fn record_failure<T>(&self, started_at: i64, result: Result<T, RunError>) -> Result<T, RunError> {
        if let Err(error) = &result {
            let failure = RunFailure::new(started_at, self.environment.now(), error, &self.redactor);
            let before = self.working_dir.trace().unwrap_or_default();
            self.working_dir.save_trace(&Trace { failure: Some(failure), ..before });
        }
        result
    }

    /// Opens the package store of the pipeline. Unrecognized files in it are logged and ignored.
    pub(crate) fn packages(&self) -> Result<PackageStore, RunError> {
        validate_pipeline_name(&self.pipeline)?;
        let store = self.working_dir.packages()?;
        let unrecognized = store.unrecognized_files()?;
        if !unrecognized.is_empty() {
            let names: Vec<_> = unrecognized.iter().map(|path| path.display().to_string()).collect();
            tracing::warn!("ignored unrecognized files in the package folders: {}; move them elsewhere", names.join(", "));
        }
        Ok(store)
    }

    pub(crate) fn planner<'r>(&'r self, store: &'r PackageStore, stop: &'r CancellationToken) -> Planner<'r> {
        Planner {
            stored: self.stored_dataset(stop),
            store,
            schema_files: &self.schema_files,
            environment: &*self.environment,
            load_ids: &self.load_ids,
            refresh: self.options.refresh,
            transliterate: self.options.normalize.transliterate,
        }
    }

    pub(crate) fn stored_dataset<'r>(&'r self, stop: &'r CancellationToken) -> StoredDataset<'r> {
        StoredDataset { pipeline: &self.pipeline, dataset: &self.dataset, destination: &*self.destination, stop }
    }

    fn builder<'r>(
        &'r self,
        store: &'r PackageStore,
        options: &'r RunOptions,
        stop: &'r CancellationToken,
    ) -> PackageBuilder<'r> {
        PackageBuilder {
            store,
            options,
            destination: &*self.destination,
            environment: &*self.environment,
            working_dir: &self.working_dir,
            schema_files: &self.schema_files,
            stop,
        }
    }

    pub(crate) fn loader<'r>(&'r self, store: &'r PackageStore, stop: &'r CancellationToken) -> PackageLoader<'r> {
        let raise_on_failed_jobs = self.options.raise_on_failed_jobs;
        PackageLoader { destination: &*self.destination, store, raise_on_failed_jobs, stop }
    }

    fn lock(&self, source: &Source) -> Result<ResourceLocks, RunError> {
        let resources = source.selected_resources().map(|resource| resource.name.as_str());
        Ok(ResourceLocks::acquire(self.working_dir.path(), resources, self.environment.now())?)
    }

    fn normalize_info(&self, started_at: i64, packages: Vec<NormalizedPackage>, diagnostics: Diagnostics) -> NormalizeInfo {
        NormalizeInfo {
            pipeline_name: self.pipeline.clone(),
            started_at,
            finished_at: self.environment.now(),
            packages,
            diagnostics,
        }
    }

    pub(crate) fn load_info(&self, started_at: i64, packages: Vec<PackageInfo>, diagnostics: Diagnostics) -> LoadInfo {
        LoadInfo {
            pipeline_name: self.pipeline.clone(),
            dataset_name: self.dataset.clone(),
            location: self.destination.location(),
            started_at,
            finished_at: self.environment.now(),
            packages,
            diagnostics,
        }
    }
}

/// Reports failed packages. If failures are not allowed, the first one is the error.
fn report_failures(failures: Vec<PackageFailure>, is_allowed: bool) -> Result<Vec<PackageInfo>, RunError> {
    let mut failures = failures.into_iter();
    let first = if is_allowed { None } else { failures.next() };
    let others = failures.map(PackageFailure::into_package_info).collect();
    first.map_or(Ok(others), |first| Err(first.into_error()))
}
