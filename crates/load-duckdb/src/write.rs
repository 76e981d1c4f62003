//! Writing of rows, with a memory limit that follows the needs of the rows.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use catchment_load::sql::Statement;
use catchment_load::{LoadError, RowTarget, TableBatches};
use catchment_load_package::{BATCH_MAX_BYTES, fail_point};

use crate::dialect::DuckDbDialect;
use crate::memory_need::MemoryNeed;
use crate::session::DuckDbSession;

/// The bytes that DuckDB cannot release during an insert.
const PINNED: u64 = 4 << 20;

/// Writes the rows of a table.
pub(crate) struct RowWriter<'w> {
    session: &'w DuckDbSession,
    target: &'w RowTarget,
    need: MemoryNeed,
    /// The statement for batches of the last schema.
    insert: Option<(SchemaRef, Statement)>,
}

impl<'w> RowWriter<'w> {
    pub(crate) fn new(session: &'w DuckDbSession, target: &'w RowTarget) -> RowWriter<'w> {
        RowWriter { session, target, need: MemoryNeed::default(), insert: None }
    }

    pub(crate) fn write(mut self, rows: TableBatches) -> Result<(), LoadError> {
        for batch in rows {
            let batch = batch?;
            self.raise_memory_limit(&batch)?;
            let session = self.session;
            session.insert(self.insert(&batch), batch)?;
            fail_point!("load::batch_inserted");
        }
        Ok(())
    }

    /// Returns the statement that inserts a batch. It is created again only if the columns differ from the last batch.
    fn insert(&mut self, batch: &RecordBatch) -> &Statement {
        let (schema, target) = (batch.schema(), self.target);
        let create = |schema: SchemaRef| {
            let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            let insert = target.insert(&DuckDbDialect, &columns, "arrow(?)");
            (schema, insert)
        };
        let known = self.insert.take().filter(|(known, _)| *known == schema);
        &self.insert.insert(known.unwrap_or_else(|| create(schema))).1
    }

    /// Raises the memory limit to the needs of the rows of the table before they are inserted.
    fn raise_memory_limit(&mut self, batch: &RecordBatch) -> Result<(), LoadError> {
        let need = &mut self.need;
        let (had_long_texts, checked) = (need.has_long_texts(), need.at_once());
        need.observe(batch);
        if need.has_long_texts() && !had_long_texts {
            need.set_existing_rows(estimated_rows(self.session, self.target)?);
        }
        let memory = &self.session.memory;
        let has_room = memory.reserve(need.extra_bytes());
        let without_dictionary = need.outgrows_dictionary() && memory.disable_dictionary();
        if has_room || without_dictionary {
            let (limit, table) = (memory.display(), &self.target.table);
            tracing::info!("raised the memory limit of DuckDB to {limit} for large rows of table `{table}`");
            self.session.apply_memory_settings()?;
        }
        let at_once = need.at_once();
        let is_large = at_once > BATCH_MAX_BYTES as u64 * 2;
        // Limits never shrink, so sizes that were checked before still fit.
        if at_once > checked && (is_large || memory.is_fixed()) { self.check_memory(at_once) } else { Ok(()) }
    }

    /// Returns an error if DuckDB has less memory than the `at_once` bytes that strings need. DuckDB would end the process:
    /// the C++ exception of the failed allocation passes through a Rust callback.
    fn check_memory(&self, at_once: u64) -> Result<(), LoadError> {
        let limit = self.session.memory_limit()?;
        if limit.is_none_or(|limit| at_once.saturating_add(PINNED) <= limit) {
            return Ok(());
        }
        let reason = format!("strings of its rows need {} MB at once", at_once.div_ceil(1_000_000));
        Err(self.session.out_of_memory(&self.target.step(), &reason))
    }
}

/// Returns DuckDB's estimate of the row count of the table in the dataset.
fn estimated_rows(session: &DuckDbSession, target: &RowTarget) -> Result<u64, LoadError> {
    let is_table = DuckDbDialect.is_table(&session.dataset(&target.dataset), &target.table);
    let sql = format!("SELECT estimated_size::VARCHAR FROM duckdb_tables() WHERE {is_table}");
    let found = session.first_text(&format!("read the estimated size of table `{}`", target.table), &sql)?;
    Ok(found.and_then(|rows| rows.parse().ok()).unwrap_or(0))
}
