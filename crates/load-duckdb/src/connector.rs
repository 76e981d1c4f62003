//! Sessions of a load or a restore, with retries if DuckDB runs out of memory.

use std::rc::Rc;

use catchment_load::sql::{Connector, Dialect};
use catchment_load::{Capabilities, LoadError};
use catchment_load_package::fail_point;
use tokio_util::sync::CancellationToken;

use crate::DuckDbOptions;
use crate::blocking::Task;
use crate::destination::CAPABILITIES;
use crate::dialect::DuckDbDialect;
use crate::memory::MemoryController;
use crate::session::DuckDbSession;

/// Opens sessions of a DuckDB file. All sessions of a connector share the memory limit.
pub(crate) struct DuckDbConnector {
    options: DuckDbOptions,
    pub(crate) memory: Rc<MemoryController>,
    task: Task,
}

impl DuckDbConnector {
    pub(crate) fn new(options: DuckDbOptions, task: Task) -> DuckDbConnector {
        DuckDbConnector { memory: Rc::new(MemoryController::new(&options)), options, task }
    }

    /// Opens the file and runs `work`. Retries with more memory if DuckDB runs out of it.
    pub(crate) fn with_session<T>(
        &self,
        mut work: impl FnMut(&mut DuckDbSession) -> Result<T, LoadError>,
    ) -> Result<T, LoadError> {
        loop {
            let session = DuckDbSession::open(&self.options, &self.memory, Some(&self.task));
            match session.and_then(|mut session| work(&mut session)) {
                Err(LoadError::OutOfMemory { .. }) if self.memory.grow() => {}
                result => return result,
            }
        }
    }

    fn flush_wal(&self, session: DuckDbSession) -> Result<(), LoadError> {
        const STEP: &str = "write the write-ahead log into the database file";
        let mut result = session.run(STEP, "CHECKPOINT");
        drop(session);
        while matches!(result, Err(LoadError::OutOfMemory { .. })) && self.memory.grow() {
            result = DuckDbSession::open(&self.options, &self.memory, Some(&self.task)).and_then(|session| {
                session.apply_memory_settings()?;
                session.run(STEP, "CHECKPOINT")
            });
        }
        result
    }
}

impl Connector for DuckDbConnector {
    type Session = DuckDbSession;

    fn dialect(&self) -> &'static dyn Dialect {
        &DuckDbDialect
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn connect(&self, stop: Option<&CancellationToken>) -> Result<DuckDbSession, LoadError> {
        let session = DuckDbSession::open(&self.options, &self.memory, stop.map(|_| &self.task))?;
        session.apply_memory_settings()?;
        if self.options.threads.is_none() {
            // Each thread has separate buffers: joins of many rows ran out of memory with one thread per core.
            session.run("use one thread", "SET threads = 1")?;
        }
        Ok(session)
    }

    async fn prepare_retry(&self, error: &LoadError, _stop: &CancellationToken) -> bool {
        let retries = matches!(error, LoadError::OutOfMemory { .. }) && self.memory.grow();
        if retries {
            tracing::info!("retrying the load {}: {error}", self.memory.next_attempt());
        }
        retries
    }

    /// Writes DuckDB's write-ahead log into the database file. Retries with more memory if DuckDB runs out of it. An error
    /// is only logged, because the committed rows are safe in the write-ahead log.
    async fn finish(&self, session: DuckDbSession, load_id: &str) {
        if let Err(error) = self.flush_wal(session) {
            tracing::warn!(
                "package {load_id} is loaded, but its rows remain in the write-ahead log beside the database file: {error}"
            );
        }
        fail_point!("duckdb::checkpointed");
    }
}
