//! One run.

use std::sync::Arc;

use catchment_extract::{ExtractError, Source};
use catchment_load::{Destination, LoadError, Restored};
use catchment_load_package::{Begin, PackageError, PackageStore, Seal, WriterOptions};
use catchment_normalize::{IdSeed, NormalizeError};
use catchment_schema::{Schema, WriteDisposition, naming, state_table};
use catchment_state::State;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::host::Host;
use crate::ingest::{Ingested, Shredding, ingest};
use crate::lock::{LockError, Locks};
use crate::report::{LoadInfo, PackageInfo, PackageOutcome};
use crate::working_dir::{WorkingDir, WorkingDirError};
use crate::{load_id, recover};

/// What a run may use.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Bytes of pages that were fetched and are not written yet; 32 MiB by default.
    pub in_flight_max_bytes: usize,
    /// Bytes of pages that are shredded together; 4 MiB by default.
    pub group_max_bytes: usize,
    /// Threads that shred; as many as there are cores by default.
    pub workers: usize,
    /// How packages are written.
    pub writer: WriterOptions,
}

impl Default for RunOptions {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        RunOptions { in_flight_max_bytes: 32 << 20, group_max_bytes: 4 << 20, workers, writer: WriterOptions::default() }
    }
}

/// Why a run did not load everything.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// Another run has a resource.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The source failed.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A row cannot be normalised.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// A package cannot be written or read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The destination failed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The working folder cannot be used.
    #[error(transparent)]
    WorkingDir(#[from] WorkingDirError),
    /// The run was told to stop.
    #[error("stopped; what was complete is loaded or will be by the next run, and nothing else was changed")]
    Stopped,
    /// A thread of the run panicked: a bug in this program.
    #[error("a thread of the run ended unexpectedly; this is a bug, and nothing was changed")]
    Panicked,
}

/// Runs `source` into `destination` as the pipeline `pipeline`, whose folder is `working_dir`.
///
/// # Errors
///
/// Where not everything could be loaded. The dataset is as it was, but for packages of earlier runs that were
/// loaded first.
pub async fn run(
    pipeline: &str,
    source: &Source,
    destination: &Arc<dyn Destination>,
    working_dir: &WorkingDir,
    options: &RunOptions,
    host: &dyn Host,
    stop: &CancellationToken,
) -> Result<LoadInfo, RunError> {
    let started_at = host.now();
    let _locks = Locks::take(working_dir.path(), source.resources.iter().map(|r| r.name.as_str()), started_at)?;
    let store = working_dir.packages()?;
    let run = Run { pipeline, source, destination, working_dir, store: &store, options, host, stop };
    let mut packages = recover::recover(&store, destination, stop).await?;
    packages.extend(run.own_package().await?);
    let info = LoadInfo {
        pipeline_name: pipeline.to_owned(),
        dataset_name: destination.dataset().to_owned(),
        location: destination.location(),
        started_at,
        finished_at: host.now(),
        packages,
    };
    working_dir.keep_trace(&info.to_value())?;
    Ok(info)
}

struct Run<'r> {
    pipeline: &'r str,
    source: &'r Source,
    destination: &'r Arc<dyn Destination>,
    working_dir: &'r WorkingDir,
    store: &'r PackageStore,
    options: &'r RunOptions,
    host: &'r dyn Host,
    stop: &'r CancellationToken,
}

impl Run<'_> {
    /// Makes the package of this run and loads it; none where nothing is new.
    async fn own_package(&self) -> Result<Option<PackageInfo>, RunError> {
        let schema_name = naming::normalize_identifier(&self.source.name);
        let restored = self.restore(&schema_name).await?;
        let new_state = || State::new(self.pipeline, self.destination.dataset(), self.destination.kind());
        let base_state = restored.state.unwrap_or_else(new_state);
        let base_schema = restored.schema.as_ref().and_then(|schema| schema.version_hash.clone());
        let mut schema = restored.schema.unwrap_or_else(|| Schema::new(&schema_name));
        schema.tables.entry(state_table().name).or_insert_with(state_table);
        let created_at = load_id::next(self.host.now(), restored.last_load_id.as_deref());
        let begin = Begin {
            load_id: load_id::text(created_at),
            created_at,
            source: self.source.name.clone(),
            resources: self.declare(&mut schema),
            base_state: base_state.clone(),
            base_schema,
        };
        let shredding = Shredding {
            load_id: begin.load_id.clone(),
            seed: IdSeed::from(self.host.seed()),
            max_identifier_length: self.destination.max_identifier_length(),
        };
        let writer = self.store.create(begin, self.options.writer)?;
        let Ingested { writer, mut schema, mut state, tables } =
            ingest(self.source, &base_state, schema, writer, shredding, self.options, self.stop).await?;
        state.add_schema(&schema_name);
        let state_changed = state.bump();
        if tables.is_empty() && !state_changed && !self.replaces() {
            return Ok(None);
        }
        for table in schema.tables.values_mut().filter(|table| tables.contains(&table.name)) {
            table.set_seen_data();
        }
        schema.bump();
        let package = writer.seal(Seal { schema: schema.clone(), state: state.clone() })?;
        let info = recover::load(self.store, self.destination, package, PackageOutcome::Loaded, self.stop).await?;
        self.working_dir.keep(&state, &schema)?;
        Ok(Some(info))
    }

    async fn restore(&self, schema_name: &str) -> Result<Restored, RunError> {
        let (destination, pipeline, schema_name) =
            (Arc::clone(self.destination), self.pipeline.to_owned(), schema_name.to_owned());
        let restoring = tokio::task::spawn_blocking(move || destination.restore(&pipeline, &schema_name));
        Ok(restoring.await.map_err(|_| RunError::Panicked)??)
    }

    /// Writes what the resources say of their tables into the schema; returns the table of each.
    fn declare(&self, schema: &mut Schema) -> Vec<(String, String)> {
        let declare = |resource: &catchment_extract::Resource| {
            let table = resource.root_table();
            schema.declare(&table, &resource.name, &resource.hints());
            (resource.name.clone(), table)
        };
        self.source.resources.iter().map(declare).collect()
    }

    fn replaces(&self) -> bool {
        self.source.resources.iter().any(|resource| resource.write_disposition == WriteDisposition::Replace)
    }
}
