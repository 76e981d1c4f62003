//! Loads of packages, each in one transaction.

use catchment_load_package::{BATCH_MAX_BYTES, CrashHistory, LoadMarker, SealedPackage, fail_point};
use catchment_schema::LOADS_TABLE;

use super::DuckDbOptions;
use super::connect::{self, Session};
use super::memory::MemoryController;
use super::transaction::Transaction;
use crate::sql::text_literal;
use crate::{CancelCheck, LoadError, LoadOutcome, LoadResult};

/// The maximum size in bytes of a batch if an earlier load of the package crashed the process.
const SMALL_BATCH_BYTES: usize = 256 << 10;

/// The number of consecutive crashes at one step after which the package fails. More than two, because the process may also
/// have been killed from outside.
const MAX_CRASHES_AT_STEP: u32 = 3;

/// The parameters of a load, shared by all its attempts.
pub(super) struct PackageLoad<'l> {
    pub(super) options: &'l DuckDbOptions,
    pub(super) package: &'l SealedPackage,
    pub(super) attempt: &'l LoadMarker,
    pub(super) memory: &'l MemoryController,
    pub(super) cancelled: CancelCheck<'l>,
}

/// Loads the package. Retries with more memory if DuckDB runs out of it.
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
        tracing::warn!("package {} crashed the process {loads} times; loading it in small batches", load.load_id());
        memory.disable_dictionary();
    }
    loop {
        match load.try_load() {
            Err(error @ LoadError::OutOfMemory { .. }) if memory.grow() => {
                tracing::info!("retrying the load of package {} {}: {error}", load.load_id(), memory.next_attempt());
            }
            result => return result,
        }
    }
}

impl PackageLoad<'_> {
    /// Returns true if an earlier load crashed the process, so that this one uses small batches.
    pub(super) fn uses_small_batches(&self) -> bool {
        self.attempt.earlier_crashes().loads > 0
    }

    /// Returns the maximum size in bytes of a batch. A larger row is a batch of one row.
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
        fail_point!("load::opened");
        if self.options.threads.is_none() {
            // Each thread has separate buffers: joins of many rows ran out of memory with one thread per core.
            session.execute("use one thread", "SET threads = 1")?;
        }
        session.execute("begin a transaction", "BEGIN TRANSACTION")?;
        fail_point!("load::transaction_begun");
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

    /// Commits the transaction and verifies that the package is logged. DuckDB's COMMIT of an aborted transaction reports
    /// success, and the result of a commit can be lost.
    fn commit(&self, session: Session) -> Result<Session, LoadError> {
        fail_point!("load::applied");
        self.attempt.record_step("the commit");
        let committed = session.execute("commit", "COMMIT");
        fail_point!("load::committed");
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
                reason: "the transaction was aborted".to_owned(),
                terminal: false,
            }),
        }
    }

    /// Writes DuckDB's write-ahead log into the database file. Retries with more memory if DuckDB runs out of it. An error
    /// is only logged, because the committed rows are safe in the write-ahead log.
    fn flush_wal(&self, session: Session) {
        let mut result = session.execute("write the write-ahead log into the database file", "CHECKPOINT");
        drop(session);
        while matches!(result, Err(LoadError::OutOfMemory { .. })) && self.memory.grow() {
            result = connect::open(self.options, self.memory, self.cancelled).and_then(|session| {
                session.apply(self.memory)?;
                session.execute("write the write-ahead log into the database file", "CHECKPOINT")
            });
        }
        if let Err(error) = result {
            tracing::warn!(
                "package {} is loaded, but its rows remain in the write-ahead log beside the database file: {error}",
                self.load_id()
            );
        }
        fail_point!("load::checkpointed");
    }
}

/// Returns true if the load of the package is logged in the dataset.
pub(super) fn is_logged(session: &Session, package: &SealedPackage) -> Result<bool, LoadError> {
    let begin = package.header();
    let dataset = session.dataset(&begin.dataset);
    if !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(false);
    }
    let sql = format!("SELECT load_id FROM {} WHERE load_id = {}", dataset.table(LOADS_TABLE), text_literal(&begin.load_id));
    Ok(!session.texts("look up the load", &sql)?.is_empty())
}
