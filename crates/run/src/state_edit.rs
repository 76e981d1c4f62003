//! Editing of the state of a pipeline.

use catchment_json::Value;
use catchment_load::LoadError;
use catchment_load_package::{PackageFooter, RefreshTables};
use catchment_schema::{Schema, naming};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::package_plan::{next_created_at, package_header, restore, schema_or_new, state_or_new};
use crate::recover;
use crate::report::{Diagnostics, LoadInfo, PackageOutcome};
use crate::runner::Runner;

/// The state of a pipeline, restored from its dataset. Changes are stored on commit and discarded on drop.
pub struct StateEdit {
    runner: Runner,
    base: State,
    schema: Schema,
    base_schema: Option<String>,
    last_load_id: Option<String>,
    /// The edited state.
    pub state: State,
}

impl StateEdit {
    pub(crate) async fn load(runner: &Runner, stop: &CancellationToken) -> Result<StateEdit, RunError> {
        let pipeline_schema = naming::normalize_identifier(&runner.pipeline);
        let mut restored = restore(runner, &pipeline_schema, stop).await?;
        let default = restored.state.as_ref().and_then(State::default_schema_name).map(str::to_owned);
        let schema_name = default.unwrap_or(pipeline_schema);
        if restored.schema.as_ref().is_none_or(|schema| schema.name != schema_name) {
            restored = restore(runner, &schema_name, stop).await?;
        }
        let base = state_or_new(runner, restored.state);
        let base_schema = restored.schema.as_ref().and_then(|schema| schema.version_hash.clone());
        let schema = schema_or_new(restored.schema, &schema_name);
        let (last_load_id, state) = (restored.last_load_id, base.clone());
        Ok(StateEdit { runner: runner.clone(), base, schema, base_schema, last_load_id, state })
    }

    /// Stores the state with a package without rows.
    ///
    /// # Errors
    ///
    /// Returns an error if the state cannot be stored, or if a run has changed the same resource meanwhile. Nothing is
    /// stored in the latter case.
    pub async fn commit(mut self) -> Result<LoadInfo, RunError> {
        let stop = CancellationToken::new();
        let _stop_guard = stop.clone().drop_guard();
        let (runner, started_at) = (&self.runner, self.runner.environment.now());
        self.state.add_schema(&self.schema.name);
        if !self.state.update_version() {
            return Ok(runner.load_info(started_at, Vec::new(), Diagnostics::default()));
        }
        let store = runner.packages()?;
        let created_at = next_created_at(runner, &store, self.last_load_id)?;
        let source = self.schema.name.clone();
        let header =
            package_header(runner, created_at, &source, Vec::new(), self.base, self.base_schema, RefreshTables::default());
        self.schema.update_version();
        let writer = store.create_package(header, runner.options.writer)?;
        let package = writer.seal(PackageFooter { schema: self.schema, state: self.state, findings: Value::Null })?;
        runner.working_dir.save_snapshot(&package.footer().state, &package.footer().schema);
        let (package, loaded) = recover::try_load(runner, package, &stop).await?;
        if let Err(error @ LoadError::Stale { .. }) = loaded {
            // The package has no rows, so nothing is lost.
            store.remove_loaded(package)?;
            return Err(RunError::Load(error));
        }
        let package = recover::finish_load(runner, &store, package, loaded, PackageOutcome::Loaded)?;
        Ok(runner.load_info(started_at, vec![package], Diagnostics::default()))
    }
}
