//! State, schemas and cursor entries in a dataset.

use catchment_extract::Source;
use catchment_load::{Destination, RestoreRequest, Restored};
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use crate::error::RunError;

/// State, schemas and cursor entries that earlier loads of a pipeline stored in its dataset.
pub(crate) struct StoredDataset<'r> {
    pub(crate) pipeline: &'r str,
    pub(crate) dataset: &'r str,
    pub(crate) destination: &'r dyn Destination,
    pub(crate) stop: &'r CancellationToken,
}

impl StoredDataset<'_> {
    /// Reads the state of the pipeline, a schema, and the cursor entries of the resources of `source`.
    pub(crate) async fn restore(&self, schema: &str, source: Option<&Source>) -> Result<Restored, RunError> {
        let resources = source.into_iter().flat_map(|source| &source.resources);
        let request = RestoreRequest {
            dataset: self.dataset.to_owned(),
            pipeline: self.pipeline.to_owned(),
            schema: schema.to_owned(),
            source: source.map(|source| source.name.clone()).unwrap_or_default(),
            resources: resources
                .filter(|resource| resource.incremental.is_some())
                .map(|resource| resource.name.clone())
                .collect(),
        };
        Ok(self.destination.restore(&request, self.stop).await?)
    }

    /// Returns the state, or a new one before the first load.
    pub(crate) fn state_or_new(&self, state: Option<State>) -> State {
        state.unwrap_or_else(|| State::new(self.pipeline, self.dataset, self.destination.kind()))
    }
}
