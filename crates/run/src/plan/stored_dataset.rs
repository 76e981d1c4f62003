//! State, schemas and cursor entries in a dataset.

use std::sync::Arc;

use catchment_extract::{Boundaries, Source, overflowing_entries};
use catchment_load::{Destination, Restored};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::threads::spawn_blocking;

/// State, schemas and cursor entries that earlier loads of a pipeline stored in its dataset.
pub(crate) struct StoredDataset<'r> {
    pub(crate) pipeline: &'r str,
    pub(crate) dataset: &'r str,
    pub(crate) destination: &'r Arc<dyn Destination>,
    pub(crate) stop: &'r CancellationToken,
}

impl StoredDataset<'_> {
    /// Reads the state of the pipeline and a schema.
    pub(crate) async fn restore(&self, schema: &str) -> Result<Restored, RunError> {
        let (destination, dataset, pipeline) = self.owned_parts();
        let (schema, stop) = (schema.to_owned(), self.stop.clone());
        let restoring = move || destination.restore(&dataset, &pipeline, &schema, &|| stop.is_cancelled());
        Ok(spawn_blocking(restoring).await??)
    }

    /// Returns the state, or a new one before the first load.
    pub(crate) fn state_or_new(&self, state: Option<State>) -> State {
        state.unwrap_or_else(|| State::new(self.pipeline, self.dataset, self.destination.kind()))
    }

    /// Reads the cursor entries that exceed the limit of `state`.
    pub(crate) async fn cursor_entries(&self, source: &Source, state: &State) -> Result<Boundaries, RunError> {
        let mut boundaries = Boundaries::new();
        for key in overflowing_entries(source, state) {
            let (destination, dataset, pipeline) = self.owned_parts();
            let (cursor, stop) = (key.clone(), self.stop.clone());
            let reading = move || destination.cursor_entries(&dataset, &pipeline, &cursor, &|| stop.is_cancelled());
            let rows = spawn_blocking(reading).await??;
            boundaries.insert(key, rows);
        }
        Ok(boundaries)
    }

    fn owned_parts(&self) -> (Arc<dyn Destination>, String, String) {
        (Arc::clone(self.destination), self.dataset.to_owned(), self.pipeline.to_owned())
    }
}
