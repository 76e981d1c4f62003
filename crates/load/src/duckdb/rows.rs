//! Loading of the rows of a package.

use std::collections::{BTreeSet, HashMap};

use arrow::record_batch::RecordBatch;
use catchment_load_package::{BATCH_MAX_BYTES, fail_point};
use catchment_schema::{Schema, Table, WriteDisposition};

use super::connect::Session;
use super::existing_tables::ExistingTables;
use super::load::PackageLoad;
use super::memory_need::MemoryNeed;
use super::merge;
use super::rejected_value;
use super::stage::{StagingTable, StagingTables};
use super::transaction::LoadWarnings;
use super::type_mismatch::TypeMismatch;
use super::widen::VariantSplits;
use crate::LoadError;
use crate::sql::{DatasetName, VariantSplit, text_literal};

/// The bytes that DuckDB cannot release during an insert.
const PINNED: u64 = 4 << 20;

/// Loads the rows of a package into the migrated tables.
pub(super) struct RowLoader<'r> {
    pub(super) session: &'r Session,
    pub(super) dataset: DatasetName<'r>,
    pub(super) load: &'r PackageLoad<'r>,
    pub(super) schema: &'r Schema,
    pub(super) existing: &'r ExistingTables,
    pub(super) splits: &'r VariantSplits,
    pub(super) warnings: &'r LoadWarnings,
}

impl RowLoader<'_> {
    /// Inserts the rows, or merges them into `roots` and their child tables. Calls `check_cancelled` before each batch and
    /// merge.
    pub(super) fn load(
        &self,
        roots: BTreeSet<&str>,
        check_cancelled: &dyn Fn() -> Result<(), LoadError>,
    ) -> Result<(), LoadError> {
        let package = self.load.package;
        let mut stage = StagingTables::new(self.session, self.dataset);
        let mut needs: HashMap<&str, MemoryNeed> = HashMap::new();
        for segment in package.segments() {
            let table = &segment.table;
            let splits = self.splits.get(table).map(Vec::as_slice).unwrap_or_default();
            let others = self.schema.tables.get(table).map(|table| TypeMismatch::find(table, self.existing)).unwrap_or_default();
            let root = self.schema.root_of(table);
            let disposition = package.footer().schema.write_disposition(root);
            self.load.attempt.record_step(&format!("rows of table `{table}` in {}", segment.file));
            for (number, batch) in package.read(segment, self.load.batch_bytes())?.enumerate() {
                let batch = batch?;
                check_cancelled()?;
                let merges = match disposition {
                    _ if batch.num_rows() == 0 => continue,
                    WriteDisposition::Skip => continue,
                    WriteDisposition::Merge => true,
                    WriteDisposition::Append | WriteDisposition::Replace => false,
                };
                if self.load.uses_small_batches() {
                    self.load.attempt.record_step(&format!("rows of table `{table}` in {}, batch {number}", segment.file));
                }
                self.raise_memory_limit(needs.entry(table).or_default(), table, &batch)?;
                others.iter().try_for_each(|other| other.check_lossless(self.session, table, &batch))?;
                let loaded = match merges {
                    true => stage.append(table, batch.clone(), splits),
                    false => self.insert(table, batch.clone(), splits),
                };
                loaded.map_err(|error| {
                    rejected_value::locate_rejected_value(self.session, &self.target_types(table, &batch), table, batch, error)
                })?;
                fail_point!("load::batch_inserted");
            }
        }
        fail_point!("load::table_inserted");
        for root in roots {
            check_cancelled()?;
            self.load.attempt.record_step(&format!("the merge of table `{root}`"));
            self.merge(root, &stage)?;
        }
        stage.clear()
    }

    /// Raises the memory limit to the needs of the rows of a table before they are inserted.
    fn raise_memory_limit(&self, need: &mut MemoryNeed, table: &str, batch: &RecordBatch) -> Result<(), LoadError> {
        let (had_long_texts, checked) = (need.has_long_texts(), need.at_once());
        need.observe(batch);
        if need.has_long_texts() && !had_long_texts {
            need.set_existing_rows(self.estimated_rows(table)?);
        }
        let memory = self.load.memory;
        let has_room = memory.reserve(need.extra_bytes());
        let without_dictionary = need.outgrows_dictionary() && memory.disable_dictionary();
        if has_room || without_dictionary {
            tracing::info!("raised the memory limit of DuckDB to {} for large rows of table `{table}`", memory.display());
            self.session.apply(memory)?;
        }
        let at_once = need.at_once();
        let is_large = at_once > BATCH_MAX_BYTES as u64 * 2;
        // Limits never shrink, so sizes that were checked before still fit.
        if at_once > checked && (is_large || memory.is_fixed()) { self.check_memory(table, at_once) } else { Ok(()) }
    }

    /// Returns an error if DuckDB has less memory than the `at_once` bytes that strings need. DuckDB would end the process:
    /// the C++ exception of the failed allocation passes through a Rust callback.
    fn check_memory(&self, table: &str, at_once: u64) -> Result<(), LoadError> {
        let limit = self.session.memory_limit()?;
        if limit.is_none_or(|limit| at_once.saturating_add(PINNED) <= limit) {
            return Ok(());
        }
        let reason = format!("strings of its rows need {} MB at once", at_once.div_ceil(1_000_000));
        Err(self.session.out_of_memory(&insert_step(table), &reason))
    }

    /// Returns DuckDB's estimate of the row count of a table.
    fn estimated_rows(&self, table: &str) -> Result<u64, LoadError> {
        let sql = format!(
            "SELECT estimated_size::VARCHAR FROM duckdb_tables() WHERE database_name = current_database() \
             AND lower(schema_name) = lower({}) AND lower(table_name) = lower({})",
            text_literal(self.dataset.schema),
            text_literal(table)
        );
        let found = self.session.texts(&format!("read the estimated size of table `{table}`"), &sql)?;
        Ok(found.first().and_then(|rows| rows.parse().ok()).unwrap_or(0))
    }

    fn insert(&self, table: &str, batch: RecordBatch, splits: &[VariantSplit]) -> Result<(), LoadError> {
        self.session.insert(&insert_step(table), &self.dataset.table(table).to_string(), batch, splits)
    }

    /// Returns the DuckDB types of the columns that a batch is inserted into.
    fn target_types(&self, table: &str, batch: &RecordBatch) -> Vec<(String, String)> {
        let known = self.schema.tables.get(table);
        let of = |name: &String| {
            let existing = self.existing.data_type(table, name).map(str::to_owned);
            let column = known.and_then(|table| table.columns.get(name));
            let widened = column.filter(|column| super::widen::is_narrower(existing.as_deref(), column));
            let new = widened.or(column.filter(|_| existing.is_none())).map(super::column_type::column_type);
            Some((name.clone(), new.or(existing)?))
        };
        batch.schema().fields().iter().filter_map(|field| of(field.name())).collect()
    }

    /// Merges the staged rows of `root` and its child tables, if any.
    fn merge(&self, root: &str, stage: &StagingTables<'_>) -> Result<(), LoadError> {
        // The merge strategy of the package counts, even if another run has stored a different one meanwhile.
        let (Some(table), Some(staged)) = (self.load.package.footer().schema.tables.get(root), stage.get(root)) else {
            return Ok(());
        };
        let in_dataset =
            |child: &&Table| child.name != root && (self.existing.has(&child.name) || stage.get(&child.name).is_some());
        let children = self.schema.table_tree(root).into_iter().filter(in_dataset);
        let children = children.map(|child| (self.dataset.table(&child.name), stage.get(&child.name).map(StagingTable::rows)));
        let step = format!("merge rows into table `{root}`");
        let statements = merge::statements(
            table,
            self.dataset.table(root),
            staged.rows(),
            children.collect(),
            self.load.package.header().created_at,
            self.warnings,
        );
        let statements = statements.map_err(|reason| LoadError::Statement {
            step: step.clone(),
            location: self.session.location().to_owned(),
            reason,
            terminal: true,
        })?;
        for statement in &statements {
            self.session.execute(&step, statement)?;
            fail_point!("load::merge_statement_executed");
        }
        Ok(())
    }
}

fn insert_step(table: &str) -> String {
    format!("insert rows into table `{table}`")
}
