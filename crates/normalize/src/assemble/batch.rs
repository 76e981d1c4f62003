//! Results of a batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use catchment_schema::{SchemaDelta, Table};

use super::rejected::QuarantineEntry;
use crate::cells::TableCells;
use crate::{NormalizeFindings, ShredResult, TableBatch};

/// The maximum number of quarantine entries to buffer until the end of a row.
const MAX_WAITING_ENTRIES: usize = 10_000;

/// The result of a batch, which tables are added to one by one.
#[derive(Default)]
pub(crate) struct BatchResult {
    pub(crate) delta: SchemaDelta,
    pub(crate) batches: Vec<TableBatch>,
    pub(crate) findings: NormalizeFindings,
    pub(super) quarantine: Vec<QuarantineEntry>,
    /// Whether shredding the rows one by one may give another result.
    pub(crate) depends_on_order: bool,
    pub(super) depends_on_tables: Vec<(String, Option<Table>)>,
    /// The parent table of each table with rows.
    pub(super) parents: HashMap<String, String>,
    /// The ids of the discarded rows of all tables.
    pub(super) dropped_ids: HashSet<String>,
}

impl BatchResult {
    /// Starts the result of the next part of the same row. Moves the ids of discarded rows to it, because their child rows
    /// may follow, and the quarantine entries, because the quarantine table comes after all tables of the row.
    pub(crate) fn start_next_part(&mut self, is_last: bool) -> BatchResult {
        let dropped_ids = std::mem::take(&mut self.dropped_ids);
        let waits = !is_last && self.quarantine.len() < MAX_WAITING_ENTRIES;
        let quarantine = if waits { std::mem::take(&mut self.quarantine) } else { Vec::new() };
        BatchResult { dropped_ids, quarantine, ..BatchResult::default() }
    }

    /// Converts the result to that of the shredder.
    pub(crate) fn shredded(self) -> ShredResult {
        ShredResult {
            delta: self.delta,
            batches: self.batches,
            findings: self.findings,
            depends_on_tables: self.depends_on_tables,
        }
    }

    /// Records the discarded rows of a table.
    pub(super) fn drop_rows(&mut self, table: &str, cells: &TableCells<'_>, rows: &BTreeSet<usize>) {
        if rows.is_empty() {
            return;
        }
        self.depends_on_order = true;
        self.findings.discard_rows(table, rows.len());
        let ids = cells.ids.iter().enumerate().filter(|(row, _)| rows.contains(row));
        self.dropped_ids.extend(ids.map(|(_, id)| id.to_owned()));
    }
}

/// Returns the batch without `rows`.
pub(super) fn remove_rows(batch: RecordBatch, rows: &BTreeSet<usize>) -> Result<RecordBatch, ArrowError> {
    if rows.is_empty() {
        return Ok(batch);
    }
    let mask: BooleanArray = (0..batch.num_rows()).map(|row| Some(!rows.contains(&row))).collect();
    filter_record_batch(&batch, &mask)
}
