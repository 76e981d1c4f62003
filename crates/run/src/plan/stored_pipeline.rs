//! State and schemas of all sources of a pipeline.

use std::collections::{BTreeMap, BTreeSet};

use catchment_schema::{Schema, naming};
use catchment_state::State;

use super::stored_dataset::StoredDataset;
use crate::error::RunError;

/// The state of a pipeline and the schemas of its sources, as stored in the dataset.
#[derive(Debug, Clone, Default)]
pub(crate) struct StoredPipeline {
    /// The state, or `None` before the first load.
    pub(crate) state: Option<State>,
    /// The schemas by name. A schema of the state that the dataset does not have is missing.
    pub(crate) schemas: BTreeMap<String, Schema>,
    /// The greatest load id of the dataset.
    pub(crate) last_load_id: Option<String>,
}

impl StoredDataset<'_> {
    /// Reads the state of the pipeline and the schemas of all its sources, with one query of the dataset per schema.
    pub(crate) async fn restore_pipeline(&self) -> Result<StoredPipeline, RunError> {
        let first_name = naming::normalize_identifier(self.pipeline);
        let first = self.restore(&first_name, None).await?;
        let names = first.state.as_ref().map(schema_names).unwrap_or_default();
        let mut stored = StoredPipeline { state: first.state, last_load_id: first.last_load_id, ..StoredPipeline::default() };
        let mut first_schema = first.schema;
        for name in names {
            let schema = match first_schema.take_if(|schema| schema.name == name) {
                Some(schema) => Some(schema),
                None => self.restore(&name, None).await?.schema,
            };
            stored.schemas.extend(schema.map(|schema| (name, schema)));
        }
        Ok(stored)
    }
}

/// Returns the names of the schemas of a state, also of sources that another tool has not listed as schemas.
fn schema_names(state: &State) -> BTreeSet<String> {
    let listed = state.schema_names().into_iter().map(str::to_owned);
    listed.chain(state.source_names().into_iter().map(naming::normalize_identifier)).collect()
}

impl StoredPipeline {
    /// Returns true if state and schemas are the same as those of `other`.
    pub(crate) fn is_same_version(&self, other: &StoredPipeline) -> bool {
        let hashes = |stored: &StoredPipeline| -> BTreeMap<String, Option<String>> {
            stored.schemas.iter().map(|(name, schema)| (name.clone(), schema.version_hash.clone())).collect()
        };
        self.state == other.state && hashes(self) == hashes(other)
    }
}

#[cfg(test)]
mod tests {
    use catchment_schema::Schema;
    use catchment_state::State;

    use super::{StoredPipeline, schema_names};

    fn stored(source: &str, hash: &str) -> StoredPipeline {
        let mut state = State::new("p", "d", "t");
        state.mark_resource_loaded(source, "r");
        let schema = Schema { version_hash: Some(hash.to_owned()), ..Schema::new("s") };
        StoredPipeline { state: Some(state), schemas: [("s".to_owned(), schema)].into(), last_load_id: None }
    }

    #[test]
    fn other_state_or_schemas_are_another_version() {
        let check = |other: StoredPipeline, expected| assert_eq!(stored("s", "a").is_same_version(&other), expected);
        check(stored("s", "a"), true);
        check(stored("t", "a"), false);
        check(stored("s", "b"), false);
        check(StoredPipeline { schemas: Default::default(), ..stored("s", "a") }, false);
        check(StoredPipeline { last_load_id: Some("1.0".to_owned()), ..stored("s", "a") }, true);
    }

    #[test]
    fn schemas_are_those_listed_and_those_of_sources() {
        let mut state = State::new("p", "d", "t");
        state.add_schema("listed");
        state.mark_resource_loaded("My Source", "r");
        assert_eq!(schema_names(&state), ["listed".to_owned(), "my_source".to_owned()].into());
    }
}
