//! One package, one transaction.

use catchment_load_package::{BATCH_MAX_BYTES, CrashHistory, LoadMarker, SealedPackage};
use catchment_schema::LOADS_TABLE;

use super::DuckDbOptions;
use super::connect::{self, Session};
use super::memory::MemoryController;
use super::transaction::Transaction;
use crate::sql::text_literal;
use crate::{CancelCheck, LoadError, LoadOutcome, LoadResult};

/// The bytes of a batch where an earlier load of the package ended the process.
const SMALL_BATCH_BYTES: usize = 256 << 10;

/// How often in a row the process may end at one step before the package is given up: more than twice, as it may also have
/// been killed from outside.
const MAX_CRASHES_AT_STEP: u32 = 3;

/// What all attempts at a load have in common.
pub(super) struct PackageLoad<'l> {
    pub(super) options: &'l DuckDbOptions,
    pub(super) package: &'l SealedPackage,
    pub(super) attempt: &'l LoadMarker,
    pub(super) memory: &'l MemoryController,
    pub(super) cancelled: CancelCheck<'l>,
}

/// Loads the package; again, with more memory, where DuckDB runs out of it.
pub(super) fn load(
    options: &DuckDbOptions,
    package: &SealedPackage,
    cancelled: CancelCheck<'_>,
) -> Result<LoadResult, LoadError> {
    let (attempt, memory) = (package.mark_loading(), MemoryController::new(options));
    let CrashHistory { loads, step, at_step } = attempt.earlier_crashes();
    if let Some(step) = step
        && *at_step >= MAX_CRASHES_AT_STEP
    {
        return Err(LoadError::ProcessCrash { loads: *loads, step: step.clone() });
    }
    let load = PackageLoad { options, package, attempt: &attempt, memory: &memory, cancelled };
    if load.uses_small_batches() {
        tracing::warn!("{loads} processes ended while they loaded package {}: it is loaded in small steps", load.load_id());
        memory.disable_dictionary();
    }
    loop {
        match load.try_load() {
            Err(error @ LoadError::OutOfMemory { .. }) if memory.grow() => {
                tracing::info!("loading package {} again {}: {error}", load.load_id(), memory.next_attempt());
            }
            result => return result,
        }
    }
}

impl PackageLoad<'_> {
    /// Whether an earlier load ended the process, so that this one goes in small steps.
    pub(super) fn uses_small_batches(&self) -> bool {
        self.attempt.earlier_crashes().loads > 0
    }

    /// The most bytes of rows that DuckDB takes at once; a row that is larger comes alone.
    pub(super) fn batch_bytes(&self) -> usize {
        if self.uses_small_batches() { SMALL_BATCH_BYTES } else { BATCH_MAX_BYTES }
    }

    fn load_id(&self) -> &str {
        &self.package.header().load_id
    }

    fn try_load(&self) -> Result<LoadResult, LoadError> {
        let session = connect::open(self.options, self.memory, self.cancelled)?;
        session.apply(self.memory)?;
        let dataset = session.dataset(&self.package.header().dataset);
        let transaction = Transaction::new(&session, dataset, self);
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::opened");
        if self.options.threads.is_none() {
            // Each thread has buffers of its own, and joins of many rows ran out of memory with as many threads as cores.
            session.execute("use one thread", "SET threads = 1")?;
        }
        session.execute("begin a transaction", "BEGIN TRANSACTION")?;
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::begun");
        match transaction.apply() {
            Ok(loaded) if loaded.outcome == LoadOutcome::AlreadyLoaded => {
                session.execute("roll back", "ROLLBACK")?;
                Ok(loaded)
            }
            Ok(loaded) => {
                let session = self.commit(session)?;
                self.flush_wal(session);
                Ok(loaded)
            }
            Err(error) => {
                // Closing the connection rolls back as well; the first error is the one to report.
                let _ = session.execute("roll back", "ROLLBACK");
                Err(error)
            }
        }
    }

    /// DuckDB's COMMIT of an aborted transaction reports success, and an answer may be lost: what counts is whether the
    /// package is logged afterwards.
    fn commit(&self, session: Session) -> Result<Session, LoadError> {
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::applied");
        self.attempt.record_step("the commit");
        let committed = session.execute("commit", "COMMIT");
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::committed");
        let session = match &committed {
            Ok(()) => session,
            Err(_) => {
                drop(session);
                connect::open(self.options, self.memory, &|| false)?
            }
        };
        match committed {
            _ if is_logged(&session, self.package)? => Ok(session),
            Err(error) => Err(error),
            Ok(()) => Err(LoadError::Statement {
                step: "commit".to_owned(),
                location: session.location().to_owned(),
                reason: "the transaction had been aborted".to_owned(),
                terminal: false,
            }),
        }
    }

    /// Writes what was committed from DuckDB's log into the file, with more memory where that takes more. That it cannot be
    /// written changes nothing: the rows are safe in the log.
    fn flush_wal(&self, session: Session) {
        let mut result = session.execute("write the log of changes into the file", "CHECKPOINT");
        drop(session);
        while matches!(result, Err(LoadError::OutOfMemory { .. })) && self.memory.grow() {
            result = connect::open(self.options, self.memory, self.cancelled).and_then(|session| {
                session.apply(self.memory)?;
                session.execute("write the log of changes into the file", "CHECKPOINT")
            });
        }
        if let Err(error) = result {
            tracing::warn!("the package is loaded, and stays in the log beside the file: {error}");
        }
        #[cfg(feature = "failpoints")]
        fail::fail_point!("load::checkpointed");
    }
}

/// Whether the dataset has the package.
pub(super) fn is_logged(session: &Session, package: &SealedPackage) -> Result<bool, LoadError> {
    let begin = package.header();
    let dataset = session.dataset(&begin.dataset);
    if !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(false);
    }
    let sql = format!("SELECT load_id FROM {} WHERE load_id = {}", dataset.table(LOADS_TABLE), text_literal(&begin.load_id));
    Ok(!session.texts("look for the load", &sql)?.is_empty())
}
