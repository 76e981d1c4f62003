//! Editing of the state of a pipeline.

use catchment_load::LoadError;
use catchment_schema::{Schema, naming};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::plan::schema_or_new;
use crate::report::{Diagnostics, LoadInfo};
use crate::runner::Runner;
use crate::steps::StateChange;

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
        let stored = runner.stored_dataset(stop);
        let mut restored = stored.restore(&pipeline_schema, None).await?;
        let default = restored.state.as_ref().and_then(State::default_schema_name).map(str::to_owned);
        let schema_name = default.unwrap_or(pipeline_schema);
        if restored.schema.as_ref().is_none_or(|schema| schema.name != schema_name) {
            restored = stored.restore(&schema_name, None).await?;
        }
        let base = stored.state_or_new(restored.state);
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
        let planner = runner.planner(&store, &stop);
        let created_at = planner.next_created_at(self.last_load_id)?;
        let header = planner.header(created_at, &self.schema.name, self.base, self.base_schema);
        self.schema.update_version();
        let change = StateChange { header, schema: self.schema, state: self.state, deleted_entries: Vec::new() };
        let package = change.load(runner, |error| matches!(error, LoadError::Stale { .. }), &stop).await?;
        Ok(runner.load_info(started_at, vec![package], Diagnostics::default()))
    }
}
