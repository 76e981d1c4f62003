//! Planned drops and their commit.

use std::collections::BTreeSet;
use std::fmt;

use catchment_load::LoadError;
use catchment_load_package::{PackageHeader, PackageStore};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::changes::SchemaDrop;
use super::error::DropError;
use super::planner::{PlannedDrop, PlannedPackage, plan};
use super::request::DropRequest;
use crate::engine::discard_resumable;
use crate::error::RunError;
use crate::plan::StoredPipeline;
use crate::report::{Diagnostics, LoadInfo, PackageInfo};
use crate::runner::Runner;
use crate::steps::{StateChange, pending_headers};
use crate::working_dir::ResourceLocks;

/// A planned drop of resources. It displays and serializes what changes, and changes nothing before
/// [`DropPlan::commit`].
///
/// ```no_run
/// use catchment_run::{CancellationToken, DropRequest, RunError, Runner};
///
/// async fn drop_issues(runner: &Runner) -> Result<(), RunError> {
///     let plan = runner.plan_drop(&DropRequest::of_resources(["issues"]), &CancellationToken::new()).await?;
///     println!("{plan}");
///     if !plan.is_empty() {
///         println!("{}", plan.commit().await?);
///     }
///     Ok(())
/// }
/// ```
#[derive(Serialize)]
pub struct DropPlan {
    pipeline_name: String,
    dataset_name: String,
    #[serde(rename = "destination")]
    location: String,
    schemas: Vec<SchemaDrop>,
    warnings: Vec<String>,
    #[serde(skip)]
    runner: Runner,
    #[serde(skip)]
    stored: StoredPipeline,
    #[serde(skip)]
    packages: Vec<PlannedPackage>,
}

impl DropPlan {
    pub(crate) async fn load(runner: &Runner, request: &DropRequest, stop: &CancellationToken) -> Result<DropPlan, RunError> {
        let dataset = runner.stored_dataset(stop);
        let stored = dataset.restore_pipeline().await?;
        let base = dataset.state_or_new(stored.state.clone());
        let PlannedDrop { schemas, packages, mut warnings } = plan(request, &stored, &base)?;
        let location = runner.destination.location();
        if stored.state.is_none() {
            let (pipeline, dataset) = (&runner.pipeline, &runner.dataset);
            warnings.insert(0, format!("dataset `{dataset}` of {location} has no state of pipeline `{pipeline}`"));
        }
        let plan = DropPlan {
            pipeline_name: runner.pipeline.clone(),
            dataset_name: runner.dataset.clone(),
            location,
            schemas,
            warnings,
            runner: runner.clone(),
            stored,
            packages,
        };
        if runner.working_dir.exists() {
            plan.ensure_nothing_pending(&runner.packages()?)?;
        }
        Ok(plan)
    }

    /// Returns true if nothing would change.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Returns the changes of each schema. Schemas without changes are omitted.
    pub fn schemas(&self) -> &[SchemaDrop] {
        &self.schemas
    }

    /// Returns warnings: names and paths that match nothing, resources that are kept, rows that the next run appends again.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Drops the tables and stores schema and state, as one package without rows for each schema.
    ///
    /// Each package is one transaction, so the drop is atomic if it changes one schema, as usual. If a later schema fails,
    /// the earlier ones remain dropped, and a new plan contains the rest. Locks the affected resources and discards their
    /// resumable extracts. Destinations without transactional DDL empty the tables instead of dropping them.
    ///
    /// # Errors
    ///
    /// Returns an error if another run has locked an affected resource, if a package with one is pending
    /// ([`DropError::Pending`]), if state or schemas have changed since the plan was made ([`DropError::Stale`]), or if the
    /// destination fails. The package is then removed, not retried by the next run.
    pub async fn commit(self) -> Result<LoadInfo, RunError> {
        let stop = CancellationToken::new();
        let _stop_guard = stop.clone().drop_guard();
        let (runner, started_at) = (&self.runner, self.runner.environment.now());
        if self.is_empty() {
            return Ok(runner.load_info(started_at, Vec::new(), Diagnostics::default()));
        }
        let store = runner.packages()?;
        let locked: BTreeSet<&str> = self.affected_resources().map(|(_, resource)| resource).collect();
        let _locks = ResourceLocks::acquire(runner.working_dir.path(), locked, started_at)?;
        self.ensure_nothing_pending(&store)?;
        let stored = runner.stored_dataset(&stop).restore_pipeline().await?;
        if !stored.is_same_version(&self.stored) {
            let reason = "another run has changed the state or a schema of the pipeline since it was planned".to_owned();
            return Err(DropError::Stale { reason }.into());
        }
        for (source, resources) in self.packages.iter().flat_map(|package| &package.resources) {
            discard_resumable(&store, source, |resource| resources.contains(resource))?;
        }
        let mut loaded = Vec::new();
        for package in self.packages {
            let change = state_change(package, runner, &store, stored.last_load_id.clone(), &stop)?;
            loaded.push(load(change, runner, &stop).await?);
        }
        Ok(runner.load_info(started_at, loaded, Diagnostics::default()))
    }

    /// Returns an error if a pending package has rows of an affected resource, or changes only state.
    fn ensure_nothing_pending(&self, store: &PackageStore) -> Result<(), RunError> {
        if self.is_empty() {
            return Ok(());
        }
        for header in pending_headers(store)? {
            if let Some(content) = self.conflicting_content(&header) {
                let (pipeline, load_id) = (self.pipeline_name.clone(), header.load_id);
                return Err(DropError::Pending { pipeline, load_id, content }.into());
            }
        }
        Ok(())
    }

    fn conflicting_content(&self, header: &PackageHeader) -> Option<String> {
        if header.resources.is_empty() {
            return Some("changes the state of the pipeline".to_owned());
        }
        let is_in_package = |(source, resource): &(&str, &str)| *source == header.source && header.has_resource(resource);
        self.affected_resources().find(is_in_package).map(|(_, resource)| format!("has rows of resource `{resource}`"))
    }

    /// Returns pairs of source and resource.
    fn affected_resources(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_sources = self.packages.iter().flat_map(|package| &package.resources);
        of_sources.flat_map(|(source, resources)| resources.iter().map(|resource| (source.as_str(), resource.as_str())))
    }
}

/// Converts a planned package to a change with a new load id.
fn state_change(
    planned: PlannedPackage,
    runner: &Runner,
    store: &PackageStore,
    last_load_id: Option<String>,
    stop: &CancellationToken,
) -> Result<StateChange, RunError> {
    let PlannedPackage { name, base_state, state, base_schema, schema, refresh, deleted_entries, .. } = planned;
    let planner = runner.planner(store, stop);
    let created_at = planner.next_created_at(last_load_id)?;
    let header = PackageHeader { refresh, ..planner.header(created_at, &name, base_state, base_schema) };
    Ok(StateChange { header, schema, state, deleted_entries })
}

/// Loads a change. After any error, the package is removed.
async fn load(change: StateChange, runner: &Runner, stop: &CancellationToken) -> Result<PackageInfo, RunError> {
    change.load(runner, |_| true, stop).await.map_err(|error| match error {
        RunError::Load(LoadError::Stale { reason }) => DropError::Stale { reason }.into(),
        error => error,
    })
}

impl fmt::Display for DropPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pipeline {}, dataset {} of {}", self.pipeline_name, self.dataset_name, self.location)?;
        if self.is_empty() {
            write!(f, "\n  nothing to drop")?;
        }
        for line in self.schemas.iter().map(ToString::to_string).collect::<Vec<_>>().iter().flat_map(|shown| shown.lines()) {
            write!(f, "\n  {line}")?;
        }
        self.warnings.iter().try_for_each(|warning| write!(f, "\n  warning: {warning}"))
    }
}

impl fmt::Debug for DropPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DropPlan { pipeline_name, schemas, warnings, .. } = self;
        let mut debug = f.debug_struct("DropPlan");
        debug.field("pipeline_name", pipeline_name).field("schemas", schemas).field("warnings", warnings);
        debug.finish_non_exhaustive()
    }
}
