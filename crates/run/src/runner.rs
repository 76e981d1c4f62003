//! A pipeline and its runs.

use std::sync::Arc;

use catchment_extract::{ProgressChannel, Source, Windows};
use catchment_load::Destination;
use catchment_load_package::PackageStore;
use tokio_util::sync::CancellationToken;

use crate::backfill::backfill;
use crate::error::RunError;
use crate::host::RunEnvironment;
use crate::load_id::LoadIdGenerator;
use crate::lock::ResourceLocks;
use crate::options::RunOptions;
use crate::package_failure::PackageFailure;
use crate::pipeline_name::validate_pipeline_name;
use crate::progress::{ProgressSink, report_progress};
use crate::report::{Diagnostics, ExtractInfo, LoadInfo, NormalizeInfo, NormalizedPackage, PackageInfo, PackageOutcome, Trace};
use crate::schema_files::SchemaFiles;
use crate::state_edit::StateEdit;
use crate::working_dir::WorkingDir;
use crate::{extract_to_disk, normalize, package, package_plan, recover, waiting};

/// A pipeline into a dataset, and what its runs use.
#[derive(Clone)]
pub struct Runner {
    /// The name of the pipeline.
    pub pipeline: String,
    /// The dataset.
    pub dataset: String,
    /// Where the dataset is.
    pub destination: Arc<dyn Destination>,
    /// The folder of the pipeline.
    pub working_dir: WorkingDir,
    /// Schemas that people keep in files.
    pub schema_files: SchemaFiles,
    /// Bounds on memory and threads, and more.
    pub options: RunOptions,
    /// Where time and randomness come from.
    pub environment: Arc<dyn RunEnvironment>,
    /// What is done with what its runs tell of themselves.
    pub progress: ProgressSink,
    /// The load ids that its runs have begun with.
    pub load_ids: LoadIdGenerator,
}

impl Runner {
    /// Loads what earlier runs left behind, and then `source`: extracts, normalises and writes a package at the same
    /// time, and loads it.
    ///
    /// Where `into_error` is cancelled, what is sealed by then is kept for the next run, and nothing else.
    ///
    /// # Errors
    ///
    /// Where not everything could be loaded. The dataset is as it was, but for packages of earlier runs that were
    /// loaded first.
    pub async fn run(&self, source: &Source, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let events = ProgressChannel::default();
        report_progress(&self.progress, &events, self.run_once(source, &events, stop)).await
    }

    async fn run_once(&self, source: &Source, events: &ProgressChannel, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::locked");
        let (mut normalized, mut packages, mut diagnostics) = self.recover(&store, stop).await?;
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::recovered");
        let plan = package_plan::plan_package(self, &store, source, stop).await?;
        let source = &plan.source.clone();
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::restored");
        let is_resumable = source.selected_resources().any(|resource| resource.resumable);
        let made = if is_resumable {
            // The rows are kept until all have come, so that another run can go on with them.
            extract_to_disk::extract_to_disk(self, &store, source, &plan, events, stop).await?;
            let made = normalize::normalize(self, &store, stop).await?;
            report_failures(made.blocked, false)?;
            normalized.extend(made.packages);
            diagnostics.absorb(made.diagnostics);
            None
        } else {
            extract_to_disk::discard_resumable(&store, &plan.header)?;
            package::build_from_source(self, &store, source, plan, events, stop).await?.package(&mut diagnostics)
        };
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::package_made");
        normalized.extend(made.as_ref().map(NormalizedPackage::of));
        let normalize = self.normalize_info(started_at, normalized, diagnostics.clone());
        match made {
            Some(package) => packages.push(recover::load(self, &store, package, PackageOutcome::Loaded, stop).await?),
            None if is_resumable => packages.extend(recover::load_pending(self, &store, &PackageOutcome::Loaded, stop).await?),
            None => {}
        }
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::loaded");
        let load = self.load_info(started_at, packages, diagnostics);
        self.working_dir.save_trace(&Trace { extract: None, normalize: Some(normalize), load: Some(load.clone()) });
        #[cfg(feature = "failpoints")]
        fail::fail_point!("run::trace_written");
        Ok(load)
    }

    /// Normalises and loads what earlier runs left behind.
    async fn recover(
        &self,
        store: &PackageStore,
        stop: &CancellationToken,
    ) -> Result<(Vec<NormalizedPackage>, Vec<PackageInfo>, Diagnostics), RunError> {
        let normalized = normalize::normalize(self, store, stop).await?;
        let mut packages = report_failures(normalized.blocked, !self.options.raise_on_failed_jobs)?;
        packages.extend(recover::load_pending(self, store, &PackageOutcome::Recovered, stop).await?);
        Ok((normalized.packages, packages, normalized.diagnostics))
    }

    /// Loads the one resource of `source` in windows of its cursor, each a package of its own, after what earlier runs left
    /// behind. Windows that were loaded before are left out, so that a backfill that ended early goes on. The cursor stays
    /// where it is.
    ///
    /// # Errors
    ///
    /// Where a window could not be loaded; those before it are. [`RunError::Backfill`] where the resource cannot be
    /// loaded like that.
    pub async fn backfill(&self, source: &Source, windows: &Windows, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        let (_, mut packages, mut diagnostics) = self.recover(&store, stop).await?;
        let events = ProgressChannel::default();
        let filling = backfill(self, &store, source, windows, &events, &mut diagnostics, stop);
        packages.extend(report_progress(&self.progress, &events, filling).await?);
        let load = self.load_info(started_at, packages, diagnostics);
        self.working_dir.save_trace(&Trace { load: Some(load.clone()), ..Trace::default() });
        Ok(load)
    }

    /// The state of the pipeline, to read and to change it.
    ///
    /// # Errors
    ///
    /// Where the destination cannot be read.
    pub async fn state(&self, stop: &CancellationToken) -> Result<StateEdit, RunError> {
        StateEdit::header(self, stop).await
    }

    /// Extracts `source` and keeps its rows, to be normalised later.
    ///
    /// # Errors
    ///
    /// Where a resource fails, or the rows cannot be kept; nothing is kept then. [`RunError::PendingRows`] where rows of
    /// an incremental resource wait already: its cursor goes on only when they are loaded.
    pub async fn extract(&self, source: &Source, stop: &CancellationToken) -> Result<ExtractInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let _locks = self.lock(source)?;
        waiting::ensure_nothing_pending(&store, source)?;
        let plan = package_plan::plan_package(self, &store, source, stop).await?;
        let source = &plan.source.clone();
        let events = ProgressChannel::default();
        let extracting = extract_to_disk::extract_to_disk(self, &store, source, &plan, &events, stop);
        let (row_counts, diagnostics) = report_progress(&self.progress, &events, extracting).await?;
        let (load_id, pipeline_name, finished_at) = (plan.header.load_id, self.pipeline.clone(), self.environment.now());
        let info = ExtractInfo { pipeline_name, started_at, finished_at, load_id, row_counts, diagnostics };
        self.working_dir.save_trace(&Trace { extract: Some(info.clone()), ..Trace::default() });
        Ok(info)
    }

    /// Makes packages of what was extracted and not normalised yet.
    ///
    /// # Errors
    ///
    /// Where a package cannot be written; what was extracted is kept. Where a row cannot be normalised; then all of
    /// its extraction is set aside, and the others are normalised.
    pub async fn normalize(&self, stop: &CancellationToken) -> Result<NormalizeInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let normalized = normalize::normalize(self, &store, stop).await?;
        report_failures(normalized.blocked, false)?;
        let info = self.normalize_info(started_at, normalized.packages, normalized.diagnostics);
        let extract = self.working_dir.trace().and_then(|trace| trace.extract);
        self.working_dir.save_trace(&Trace { extract, normalize: Some(info.clone()), load: None });
        Ok(info)
    }

    /// Loads the packages that are sealed and not loaded yet.
    ///
    /// # Errors
    ///
    /// Where one cannot be loaded. Those before it are; it stays for the next run, or is set aside where it can never
    /// be loaded.
    pub async fn load(&self, stop: &CancellationToken) -> Result<LoadInfo, RunError> {
        let started_at = self.environment.now();
        let store = self.packages()?;
        let packages = recover::load_pending(self, &store, &PackageOutcome::Loaded, stop).await?;
        let info = self.load_info(started_at, packages, Diagnostics::default());
        let before = self.working_dir.trace().unwrap_or_default();
        self.working_dir.save_trace(&Trace { load: Some(info.clone()), ..before });
        Ok(info)
    }

    /// The store of the pipeline. What is no package in it is told of, and left alone.
    pub(crate) fn packages(&self) -> Result<PackageStore, RunError> {
        validate_pipeline_name(&self.pipeline)?;
        let store = self.working_dir.packages()?;
        let foreign = store.unrecognized_files()?;
        if !foreign.is_empty() {
            let names: Vec<_> = foreign.iter().map(|path| path.display().to_string()).collect();
            tracing::warn!("left alone what is no package: {}; move it away", names.join(", "));
        }
        Ok(store)
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

/// Goes on without what was set aside. Where that is not allowed the first one is the error.
fn report_failures(blocked: Vec<PackageFailure>, is_allowed: bool) -> Result<Vec<PackageInfo>, RunError> {
    let mut blocked = blocked.into_iter();
    let first = if is_allowed { None } else { blocked.next() };
    let others = blocked.map(PackageFailure::into_package_info).collect();
    first.map_or(Ok(others), |first| Err(first.into_error()))
}
