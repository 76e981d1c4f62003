//! Sessions of a database file.

use std::rc::Rc;

use arrow::record_batch::RecordBatch;
use catchment_load::sql::{DatasetName, Definitions, Dialect as _, SqlReader, SqlSession, Statement, TextRows};
use catchment_load::{LoadError, RowTarget, TableBatches};
use duckdb::vtab::arrow::ArrowBatchRegistration;
use duckdb::{Connection, Row};

use crate::DuckDbOptions;
use crate::blocking::Task;
use crate::dialect::DuckDbDialect;
use crate::memory::{self, MemoryController};
use crate::open::{is_out_of_memory, open, out_of_memory};
use crate::process_lock::ProcessLock;
use crate::write::RowWriter;

/// A connection to a database file.
pub(crate) struct DuckDbSession {
    // Dropped before the lock, so that the file is closed when the next session opens it.
    pub(crate) connection: Connection,
    _lock: ProcessLock,
    location: String,
    /// The name of the database in DuckDB: the stem of the file name.
    database: String,
    pub(crate) memory: Rc<MemoryController>,
    /// The task whose cancellation interrupts statements.
    task: Option<Task>,
}

impl DuckDbSession {
    /// Opens the file and creates it if it is missing. Waits if another process, or another session of this process, has it
    /// open. If `task` is cancelled, the wait and the statements of the session end.
    pub(crate) fn open(
        options: &DuckDbOptions,
        memory: &Rc<MemoryController>,
        task: Option<&Task>,
    ) -> Result<DuckDbSession, LoadError> {
        let (connection, lock) = open(options, memory, task.map(|task| &task.stop))?;
        let location = options.path.display().to_string();
        if let Some(task) = task {
            task.set_connection(Some(connection.interrupt_handle()));
        }
        let (memory, task) = (Rc::clone(memory), task.cloned());
        let mut session = DuckDbSession { connection, _lock: lock, location, database: String::new(), memory, task };
        session.database = session.first_text("read the database name", "SELECT current_database()")?.unwrap_or_default();
        Ok(session)
    }

    /// Returns the qualified name of a dataset.
    pub(crate) fn dataset(&self, name: &str) -> DatasetName {
        DatasetName::new(&DuckDbDialect, Some(&self.database), name)
    }

    /// Executes a statement; `step` completes "failed to …".
    pub(crate) fn run(&self, step: &str, sql: &str) -> Result<(), LoadError> {
        self.stop_if_cancelled()?;
        self.connection.execute_batch(sql).map_err(|error| self.refused(step, &error))
    }

    /// Returns the first cell of the first row of a query.
    pub(crate) fn first_text(&self, step: &str, sql: &str) -> Result<Option<String>, LoadError> {
        Ok(self.rows(step, sql)?.into_iter().next().and_then(|row| row.into_iter().next()?))
    }

    /// Inserts a record batch with a statement that selects from `arrow(?)`.
    pub(crate) fn insert(&self, statement: &Statement, batch: RecordBatch) -> Result<(), LoadError> {
        self.stop_if_cancelled()?;
        let registered = ArrowBatchRegistration::new(batch);
        let inserted = self.connection.prepare(&statement.sql).and_then(|mut insert| insert.execute([&registered]));
        inserted.map(drop).map_err(|error| self.refused(&statement.step, &error))
    }

    /// Returns an error if the task is cancelled. An interrupt has no effect between two statements.
    pub(crate) fn stop_if_cancelled(&self) -> Result<(), LoadError> {
        if self.is_cancelled() { Err(LoadError::Cancelled) } else { Ok(()) }
    }

    fn is_cancelled(&self) -> bool {
        self.task.as_ref().is_some_and(|task| task.stop.is_cancelled())
    }

    /// Makes the session independent of the cancellation of its task.
    fn detach(&mut self) {
        if let Some(task) = self.task.take() {
            task.set_connection(None);
        }
    }

    /// Returns the error of a step that runs out of memory.
    pub(crate) fn out_of_memory(&self, step: &str, reason: &str) -> LoadError {
        out_of_memory(step, &self.location, &self.memory, reason)
    }

    /// Returns DuckDB's memory limit in bytes, or `None` if its notation is unknown.
    pub(crate) fn memory_limit(&self) -> Result<Option<u64>, LoadError> {
        let limit = self.first_text("read the memory limit", "SELECT current_setting('memory_limit')")?;
        Ok(limit.and_then(|limit| memory::bytes(&limit)))
    }

    /// Applies the current memory limit and compression setting to the session.
    pub(crate) fn apply_memory_settings(&self) -> Result<(), LoadError> {
        let limit = DuckDbDialect.text_literal(&self.memory.setting());
        self.run("set the memory limit", &format!("SET memory_limit = {limit}"))?;
        match self.memory.uses_dictionary() {
            true => Ok(()),
            false => self.run("set the compression", "SET disabled_compression_methods = 'dictionary'"),
        }
    }

    /// Executes a query whose columns are text.
    fn rows(&self, step: &str, sql: &str) -> Result<TextRows, LoadError> {
        self.try_rows(sql).map_err(|error| self.refused(step, &error))
    }

    fn try_rows(&self, sql: &str) -> duckdb::Result<TextRows> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut found = TextRows::new();
        while let Some(row) = rows.next()? {
            found.push(cells(row)?);
        }
        Ok(found)
    }

    /// Returns the error of a statement that DuckDB rejects.
    pub(crate) fn refused(&self, step: &str, error: &duckdb::Error) -> LoadError {
        let reason = error.to_string();
        if self.is_cancelled() && reason.contains("INTERRUPT Error") {
            return LoadError::Cancelled;
        }
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

impl Drop for DuckDbSession {
    fn drop(&mut self) {
        self.detach();
    }
}

impl SqlReader for DuckDbSession {
    fn location(&self) -> &str {
        &self.location
    }

    fn database(&self) -> Option<&str> {
        Some(&self.database)
    }

    async fn definitions(&mut self, dataset: &DatasetName) -> Result<Definitions, LoadError> {
        let queries = [DuckDbDialect.dataset_query(dataset), DuckDbDialect.columns_query(dataset)];
        let mut found = self.read("read the columns", &queries).await?.into_iter();
        let has_dataset = found.next().is_some_and(|rows| !rows.is_empty());
        Ok(Definitions { has_dataset, columns: found.next().unwrap_or_default() })
    }

    async fn read(&mut self, step: &str, queries: &[String]) -> Result<Vec<TextRows>, LoadError> {
        queries.iter().map(|sql| self.rows(step, sql)).collect()
    }

    async fn read_existing(&mut self, step: &str, queries: &[String]) -> Result<Vec<Option<TextRows>>, LoadError> {
        let existing = |sql: &String| match self.try_rows(sql) {
            Ok(rows) => Ok(Some(rows)),
            Err(error) if is_missing_table(&error.to_string()) => Ok(None),
            Err(error) => Err(self.refused(step, &error)),
        };
        queries.iter().map(existing).collect()
    }
}

impl SqlSession for DuckDbSession {
    async fn begin(&mut self) -> Result<(), LoadError> {
        self.run("begin a transaction", "BEGIN TRANSACTION")
    }

    async fn execute(&mut self, statement: &Statement) -> Result<(), LoadError> {
        self.run(&statement.step, &statement.sql)
    }

    async fn commit(&mut self) -> Result<(), LoadError> {
        // A cancellation neither interrupts the commit nor the lookup of its outcome.
        self.detach();
        self.run("commit", "COMMIT")
    }

    async fn write(&mut self, target: &RowTarget, rows: TableBatches) -> Result<(), LoadError> {
        RowWriter::new(self, target).write(rows)
    }
}

/// Returns true for the error of a query of a table or dataset that does not exist.
fn is_missing_table(reason: &str) -> bool {
    reason.contains("Catalog Error: Table with name") && reason.contains("does not exist")
}

fn cells(row: &Row<'_>) -> duckdb::Result<Vec<Option<String>>> {
    let columns = row.as_ref().column_count();
    (0..columns).map(|column| row.get(column)).collect()
}
