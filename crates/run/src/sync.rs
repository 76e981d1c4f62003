//! Restoring of the copies in the working folder from the dataset.

use std::collections::BTreeSet;

use catchment_load_package::{PackageContent, PackageError, PackageQueue, PackageStore};
use tokio_util::sync::CancellationToken;

use crate::error::RunError;
use crate::pipeline_name::validate_pipeline_name;
use crate::plan::StoredPipeline;
use crate::report::{SyncInfo, SyncedSchema};
use crate::runner::Runner;

/// Replaces the copies of state and schemas by those of the dataset. If `is_discarding`, pending packages are removed,
/// otherwise they are an error.
pub(crate) async fn sync(runner: &Runner, is_discarding: bool, stop: &CancellationToken) -> Result<SyncInfo, RunError> {
    validate_pipeline_name(&runner.pipeline)?;
    let store = if runner.working_dir.exists() { Some(runner.packages()?) } else { None };
    if let Some(store) = store.as_ref().filter(|_| !is_discarding) {
        let load_ids = complete_packages(store)?;
        if !load_ids.is_empty() {
            return Err(RunError::PendingPackages { pipeline: runner.pipeline.clone(), load_ids });
        }
    }
    let StoredPipeline { state, schemas, .. } = runner.stored_dataset(stop).restore_pipeline().await?;
    let Some(state) = state else {
        let (pipeline, dataset) = (runner.pipeline.clone(), runner.dataset.clone());
        return Err(RunError::NoStoredState { pipeline, dataset, location: runner.destination.location() });
    };
    // Removed only when the dataset has been read, so that a destination that is not available loses nothing.
    let discarded = match store.filter(|_| is_discarding) {
        Some(store) => discard_pending(&store)?,
        None => Vec::new(),
    };
    let schemas: Vec<_> = schemas.into_values().collect();
    runner.working_dir.replace_snapshot(&state, &schemas)?;
    Ok(SyncInfo {
        pipeline_name: runner.pipeline.clone(),
        dataset_name: runner.dataset.clone(),
        location: runner.destination.location(),
        state_version: state.version(),
        schemas: schemas.into_iter().map(|schema| SyncedSchema { name: schema.name, version: schema.version }).collect(),
        discarded,
    })
}

/// Returns the load ids of pending packages, complete or corrupt. Incomplete ones are discarded by the next run anyway.
fn complete_packages(store: &PackageStore) -> Result<Vec<String>, PackageError> {
    let mut load_ids = BTreeSet::new();
    for queue in PackageQueue::PENDING {
        let entries = store.inspect(queue)?.into_iter();
        let complete = entries.filter(|entry| !matches!(entry.content, PackageContent::Incomplete));
        load_ids.extend(complete.map(|entry| entry.name));
    }
    Ok(load_ids.into_iter().collect())
}

/// Removes all pending packages. Returns their load ids.
fn discard_pending(store: &PackageStore) -> Result<Vec<String>, PackageError> {
    let mut load_ids = BTreeSet::new();
    for queue in PackageQueue::PENDING {
        load_ids.extend(store.load_ids(queue)?);
    }
    let mut discarded = Vec::new();
    for load_id in load_ids {
        match store.remove(&load_id, &PackageQueue::PENDING) {
            Ok(()) => discarded.push(load_id),
            // Another process has loaded or removed it meanwhile.
            Err(PackageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(discarded)
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;
    use catchment_load_package::{PackageFooter, PackageHeader, PackageStore, RefreshTables, WriterOptions};
    use catchment_schema::Schema;
    use catchment_state::State;

    use super::{complete_packages, discard_pending};

    fn header(load_id: &str) -> PackageHeader {
        PackageHeader {
            load_id: load_id.to_owned(),
            created_at: 1,
            dataset: "d".to_owned(),
            source: "s".to_owned(),
            resources: Vec::new(),
            fingerprint: String::new(),
            base_state: State::new("p", "d", "t"),
            base_schema: None,
            refresh: RefreshTables::default(),
        }
    }

    #[test]
    fn complete_packages_are_listed_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = PackageStore::open(dir.path()).unwrap();
        let create = |load_id: &str| store.create_package(header(load_id), WriterOptions::default()).unwrap();
        let footer = PackageFooter { schema: Schema::new("s"), state: State::new("p", "d", "t"), findings: Value::Null };
        drop(create("1.5").seal(footer).unwrap());
        let extract = store.create_extract(&header("3.5"), &Schema::new("s")).unwrap();
        extract.finish(&State::new("p", "d", "t"), &[], &Value::Null).unwrap();
        let unsealed = create("2.5");
        assert_eq!(complete_packages(&store).unwrap(), ["1.5", "3.5"]);
        // another run is writing it
        assert!(discard_pending(&store).is_err());
        drop(unsealed);
        discard_pending(&store).unwrap();
        assert_eq!(complete_packages(&store).unwrap(), [""; 0]);
    }
}
