//! Sessions: opening a database file and executing statements with errors that name the step.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use duckdb::vtab::arrow::{ArrowBatchRegistration, ArrowVTab};
use duckdb::{Config, Connection, Row};

use super::DuckDbOptions;
use super::create::create_if_missing;
use super::memory::{self, MemoryController};
use super::process_lock::ProcessLock;
use crate::sql::{DatasetName, VariantSplit, insert_from, insert_split, text_literal};
use crate::{CancelCheck, LoadError, QueryResult};

/// The storage version of new files, which DuckDB 1.0 and later can open. Existing files keep their version.
const STORAGE_VERSION: &str = "v1.0.0";

/// The longest pause between two attempts to open a locked file, and so the longest delay of a cancellation.
const MAX_PAUSE: Duration = Duration::from_millis(250);

/// A connection with the location of its database, for error messages.
pub(super) struct Session {
    // Dropped before the lock, so that the file is closed when the next session opens it.
    connection: Connection,
    _lock: ProcessLock,
    location: String,
    /// The name of the database in DuckDB: the stem of the file name.
    database: String,
    /// The memory limit for error messages, and whether it is configured.
    memory: RefCell<(String, bool)>,
}

/// Opens the file and runs `work`. Retries with more memory if DuckDB runs out of it.
pub(super) fn with_session<T>(
    options: &DuckDbOptions,
    cancelled: CancelCheck<'_>,
    work: impl Fn(&Session) -> Result<T, LoadError>,
) -> Result<T, LoadError> {
    let memory = MemoryController::new(options);
    loop {
        let result = open(options, &memory, cancelled).and_then(|session| work(&session));
        match result {
            Err(LoadError::OutOfMemory { .. }) if memory.grow() => {}
            result => return result,
        }
    }
}

/// Opens the file and creates it if it is missing. Waits if another process, or another session of this process, has it
/// open.
pub(super) fn open(options: &DuckDbOptions, memory: &MemoryController, cancelled: CancelCheck<'_>) -> Result<Session, LoadError> {
    if options.path.as_os_str() == ":memory:" {
        let reason = "an in-memory database is lost when its connection closes; set a file path".to_owned();
        return Err(LoadError::Open { location: ":memory:".to_owned(), reason });
    }
    let location = options.path.display().to_string();
    let start = Instant::now();
    let mut pause = Duration::from_millis(10);
    let mut is_logged = false;
    let (connection, lock) = loop {
        let reason = match try_open(options, memory) {
            Ok(opened) => break opened,
            Err(OpenError::InUse(reason)) => reason,
            // Opening replays a write-ahead log that another process has left.
            Err(OpenError::Failed(reason)) if is_out_of_memory(&reason) => {
                return Err(out_of_memory("read the database", &location, &memory.display(), memory.is_fixed(), &reason));
            }
            Err(OpenError::Failed(reason)) => return Err(LoadError::Open { location, reason }),
        };
        let waited = start.elapsed();
        if waited >= options.wait {
            return Err(LoadError::LockTimeout { location, waited, reason });
        }
        if cancelled() {
            return Err(LoadError::Cancelled);
        }
        if pause == MAX_PAUSE && !is_logged {
            is_logged = true;
            tracing::warn!("{location} is locked, waiting up to {} s: {reason}", options.wait.as_secs());
        }
        std::thread::sleep(pause.min(options.wait.saturating_sub(waited)));
        pause = (pause * 2).min(MAX_PAUSE);
    };
    let memory = (memory.display(), memory.is_fixed());
    let mut session = Session { connection, _lock: lock, location, database: String::new(), memory: RefCell::new(memory) };
    session.database = session.texts("read the database name", "SELECT current_database()")?.pop().unwrap_or_default();
    Ok(session)
}

/// An error while opening a file.
pub(super) enum OpenError {
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
pub(super) fn config(options: &DuckDbOptions, memory: &MemoryController) -> duckdb::Result<Config> {
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

impl Session {
    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// Returns the qualified name of a dataset.
    pub(super) fn dataset<'n>(&'n self, name: &'n str) -> DatasetName<'n> {
        DatasetName { database: &self.database, schema: name }
    }

    /// Executes a statement; `step` completes "failed to …".
    pub(super) fn execute(&self, step: &str, sql: &str) -> Result<(), LoadError> {
        self.connection.execute_batch(sql).map_err(|error| self.refused(step, &error))
    }

    /// Returns the error of a step that runs out of memory.
    pub(super) fn out_of_memory(&self, step: &str, reason: &str) -> LoadError {
        let (limit, is_fixed) = &*self.memory.borrow();
        out_of_memory(step, &self.location, limit, *is_fixed, reason)
    }

    /// Returns DuckDB's memory limit in bytes, or `None` if its notation is unknown.
    pub(super) fn memory_limit(&self) -> Result<Option<u64>, LoadError> {
        let limit = self.texts("read the memory limit", "SELECT current_setting('memory_limit')")?;
        Ok(limit.first().and_then(|limit| memory::bytes(limit)))
    }

    /// Executes a query and returns its rows.
    pub(super) fn query(&self, step: &str, sql: &str) -> Result<QueryResult, LoadError> {
        let rows = || -> duckdb::Result<QueryResult> {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.stream_arrow([])?;
            Ok(QueryResult { schema: rows.get_schema(), batches: rows.collect::<Result<_, _>>()? })
        };
        rows().map_err(|error| self.refused(step, &error))
    }

    /// Returns the first column of a query as strings, without nulls.
    pub(super) fn texts(&self, step: &str, sql: &str) -> Result<Vec<String>, LoadError> {
        self.map_rows(step, sql, |row| row.get(0))
    }

    /// Returns the first two columns of a query as strings, for rows without nulls in them.
    pub(super) fn text_pairs(&self, step: &str, sql: &str) -> Result<Vec<(String, String)>, LoadError> {
        self.map_rows(step, sql, |row| Ok(row.get::<_, Option<String>>(0)?.zip(row.get(1)?)))
    }

    /// Maps the rows of a query with `read` and skips `None`.
    fn map_rows<T>(
        &self,
        step: &str,
        sql: &str,
        read: impl Fn(&Row<'_>) -> duckdb::Result<Option<T>>,
    ) -> Result<Vec<T>, LoadError> {
        let rows = || -> duckdb::Result<Vec<T>> {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map([], |row| read(row))?;
            rows.filter_map(std::result::Result::transpose).collect()
        };
        rows().map_err(|error| self.refused(step, &error))
    }

    /// Returns the first column of a query of `arrow(?)`, bound to `batch`, as strings.
    pub(super) fn strings_from_batch(&self, step: &str, sql: &str, batch: RecordBatch) -> Result<Vec<String>, LoadError> {
        let registered = ArrowBatchRegistration::new(batch);
        let rows = || -> duckdb::Result<Vec<String>> {
            let mut statement = self.connection.prepare(sql)?;
            statement.query_map([&registered], |row| row.get(0))?.collect()
        };
        rows().map_err(|error| self.refused(step, &error))
    }

    /// Inserts a record batch into `target`, an SQL name. Doubles of `splits` go to the column that can store them.
    pub(super) fn insert(&self, step: &str, target: &str, batch: RecordBatch, splits: &[VariantSplit]) -> Result<(), LoadError> {
        let schema = batch.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let is_double = |split: &&VariantSplit| {
            schema.column_with_name(&split.column).is_some_and(|(_, f)| f.data_type() == &DataType::Float64)
        };
        let splits: Vec<&VariantSplit> = splits.iter().filter(is_double).collect();
        let sql = match splits.is_empty() {
            true => insert_from(target, columns, "arrow(?)"),
            false => insert_split(target, &columns, &splits, "arrow(?)"),
        };
        let registered = ArrowBatchRegistration::new(batch);
        let inserted = self.connection.prepare(&sql).and_then(|mut statement| statement.execute([&registered]));
        inserted.map(drop).map_err(|error| self.refused(step, &error))
    }

    /// Returns true if the dataset has a table of this name.
    pub(super) fn has_table(&self, dataset: DatasetName<'_>, table: &str) -> Result<bool, LoadError> {
        let (dataset, table) = (text_literal(dataset.schema), text_literal(table));
        let sql = format!(
            "SELECT table_name FROM information_schema.tables \
             WHERE table_catalog = current_database() AND lower(table_schema) = lower({dataset}) AND lower(table_name) = lower({table})"
        );
        Ok(!self.texts("list tables", &sql)?.is_empty())
    }

    /// Applies the current memory limit and compression setting to the session.
    pub(super) fn apply(&self, memory: &MemoryController) -> Result<(), LoadError> {
        *self.memory.borrow_mut() = (memory.display(), memory.is_fixed());
        self.execute("set the memory limit", &format!("SET memory_limit = {}", text_literal(&memory.setting())))?;
        match memory.uses_dictionary() {
            true => Ok(()),
            false => self.execute("set the compression", "SET disabled_compression_methods = 'dictionary'"),
        }
    }

    fn refused(&self, step: &str, error: &duckdb::Error) -> LoadError {
        let reason = error.to_string();
        if is_out_of_memory(&reason) {
            return self.out_of_memory(step, &reason);
        }
        // DuckDB messages that begin with these names are caused by the rows or the schema.
        let terminal = [
            "Constraint Error",
            "Conversion Error",
            "Binder Error",
            "Catalog Error",
            "Invalid Input Error",
            "Out of Range Error",
            "Parser Error",
            "Mismatch Type Error",
            "Not implemented Error",
        ];
        let terminal = terminal.iter().any(|name| reason.contains(name));
        LoadError::Statement { step: step.to_owned(), location: self.location.clone(), reason, terminal }
    }
}

/// Returns true for an out-of-memory error, which only the message of DuckDB distinguishes from other errors.
fn is_out_of_memory(reason: &str) -> bool {
    ["Out of Memory Error", "\n\nPossible solutions", "bad allocation", "std::bad_alloc", "failed to offload data block"]
        .iter()
        .any(|text| reason.contains(text))
}

fn out_of_memory(step: &str, location: &str, limit: &str, is_fixed: bool, reason: &str) -> LoadError {
    // DuckDB suggests statements that users of the pipeline cannot run.
    let reason = reason.split_once("\n\nPossible solutions").map_or(reason, |(reason, _)| reason);
    let remedy = match is_fixed {
        true => "raise or remove `memory_limit` of the destination",
        false => "use a machine with more memory or load less data at once",
    };
    let reason = format!("out of memory with a limit of {limit} ({reason}); {remedy}");
    LoadError::OutOfMemory { step: step.to_owned(), location: location.to_owned(), reason }
}
