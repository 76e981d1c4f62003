//! Opening of database files.

use std::time::{Duration, Instant};

use catchment_load::LoadError;
use duckdb::vtab::arrow::ArrowVTab;
use duckdb::{Config, Connection};
use tokio_util::sync::CancellationToken;

use crate::DuckDbOptions;
use crate::create::create_if_missing;
use crate::memory::MemoryController;
use crate::process_lock::ProcessLock;

/// The storage version of new files, which DuckDB 1.0 and later can open. Existing files keep their version.
const STORAGE_VERSION: &str = "v1.0.0";

/// The longest pause between two attempts to open a locked file, and so the longest delay of a cancellation.
const MAX_PAUSE: Duration = Duration::from_millis(250);

/// Opens the file and creates it if it is missing. Waits if another process, or another session of this process, has it
/// open.
pub(crate) fn open(
    options: &DuckDbOptions,
    memory: &MemoryController,
    stop: Option<&CancellationToken>,
) -> Result<(Connection, ProcessLock), LoadError> {
    if options.path.as_os_str() == ":memory:" {
        let reason = "an in-memory database is lost when its connection closes; set a file path".to_owned();
        return Err(LoadError::Open { location: ":memory:".to_owned(), reason });
    }
    let location = options.path.display().to_string();
    let start = Instant::now();
    let mut pause = Duration::from_millis(10);
    let mut is_logged = false;
    loop {
        let reason = match try_open(options, memory) {
            Ok(opened) => return Ok(opened),
            Err(OpenError::InUse(reason)) => reason,
            // Opening replays a write-ahead log that another process has left.
            Err(OpenError::Failed(reason)) if is_out_of_memory(&reason) => {
                return Err(out_of_memory("read the database", &location, memory, &reason));
            }
            Err(OpenError::Failed(reason)) => return Err(LoadError::Open { location, reason }),
        };
        let waited = start.elapsed();
        if waited >= options.wait {
            return Err(LoadError::LockTimeout { location, waited, reason });
        }
        if stop.is_some_and(CancellationToken::is_cancelled) {
            return Err(LoadError::Cancelled);
        }
        if pause == MAX_PAUSE && !is_logged {
            is_logged = true;
            tracing::warn!("{location} is locked, waiting up to {} s: {reason}", options.wait.as_secs());
        }
        std::thread::sleep(pause.min(options.wait.saturating_sub(waited)));
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

/// An error while opening a file.
pub(crate) enum OpenError {
    /// Another process or session has the file open.
    InUse(String),
    /// The file cannot be opened, and waiting does not help.
    Failed(String),
}

impl From<duckdb::Error> for OpenError {
    fn from(error: duckdb::Error) -> OpenError {
        let reason = error.to_string();
        // Only the message of DuckDB distinguishes a locked file from other errors.
        if reason.contains("Could not set lock") { OpenError::InUse(reason) } else { OpenError::Failed(reason) }
    }
}

fn try_open(options: &DuckDbOptions, memory: &MemoryController) -> Result<(Connection, ProcessLock), OpenError> {
    create_if_missing(options, memory)?;
    let lock = ProcessLock::try_acquire(&options.path).map_err(|error| OpenError::Failed(error.to_string()))?;
    let lock = lock.ok_or_else(|| OpenError::InUse("another run or query of this process has the file open".to_owned()))?;
    Ok((connect(options, memory)?, lock))
}

fn connect(options: &DuckDbOptions, memory: &MemoryController) -> duckdb::Result<Connection> {
    let connection = Connection::open_with_flags(&options.path, config(options, memory)?)?;
    connection.register_table_function::<ArrowVTab>("arrow")?;
    Ok(connection)
}

/// Returns the configuration for opening a file.
pub(crate) fn config(options: &DuckDbOptions, memory: &MemoryController) -> duckdb::Result<Config> {
    let mut config = Config::default()
        // Never download extensions.
        .with("autoinstall_known_extensions", "false")?
        .with("autoload_known_extensions", "false")?
        .with("storage_compatibility_version", STORAGE_VERSION)?
        .with("memory_limit", memory.setting())?;
    if let Some(threads) = options.threads {
        config = config.with("threads", threads.to_string())?;
    }
    Ok(config)
}

/// Returns true for an out-of-memory error, which only the message of DuckDB distinguishes from other errors.
pub(crate) fn is_out_of_memory(reason: &str) -> bool {
    ["Out of Memory Error", "\n\nPossible solutions", "bad allocation", "std::bad_alloc", "failed to offload data block"]
        .iter()
        .any(|text| reason.contains(text))
}

/// Returns the error of a step that runs out of memory.
pub(crate) fn out_of_memory(step: &str, location: &str, memory: &MemoryController, reason: &str) -> LoadError {
    // DuckDB suggests statements that users of the pipeline cannot run.
    let reason = reason.split_once("\n\nPossible solutions").map_or(reason, |(reason, _)| reason);
    let remedy = match memory.is_fixed() {
        true => "raise or remove `memory_limit` of the destination",
        false => "use a machine with more memory or load less data at once",
    };
    let reason = format!("out of memory with a limit of {} ({reason}); {remedy}", memory.display());
    LoadError::OutOfMemory { step: step.to_owned(), location: location.to_owned(), reason }
}
