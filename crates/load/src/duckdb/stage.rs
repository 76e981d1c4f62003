//! New rows of merged tables, kept aside in the transaction until they are merged.

use std::collections::HashMap;

use arrow::record_batch::RecordBatch;
use catchment_schema::ROOT_ROW_COLUMN;

use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, StagedRows, VariantSplit, create_staging_table, quote};

/// Temporary tables with new rows, one for each table that has any.
pub(super) struct StagingTables<'s> {
    session: &'s Session,
    dataset: DatasetName<'s>,
    tables: HashMap<String, StagingTable>,
}

/// Where new rows of a table are.
pub(super) struct StagingTable {
    /// The temporary table, quoted.
    name: String,
    /// The columns that the rows have.
    columns: Vec<String>,
}

impl StagingTable {
    /// The rows, as a merge takes them.
    pub(super) fn rows(&self) -> StagedRows<'_> {
        StagedRows { relation: &self.name, columns: self.columns.iter().map(String::as_str).collect() }
    }
}

impl<'s> StagingTables<'s> {
    pub(super) fn new(session: &'s Session, dataset: DatasetName<'s>) -> Self {
        StagingTables { session, dataset, tables: HashMap::new() }
    }

    /// Adds rows of `table`, which the dataset has.
    pub(super) fn append(&mut self, table: &str, batch: RecordBatch, splits: &[VariantSplit]) -> Result<(), LoadError> {
        let step = format!("stage rows of table `{table}`");
        let fields = batch.schema();
        if fields.column_with_name(ROOT_ROW_COLUMN).is_none() {
            let reason = format!("its rows are to be merged, and lack the column `{ROOT_ROW_COLUMN}` that packages have for it");
            let location = self.session.location().to_owned();
            return Err(LoadError::Statement { step, location, reason, terminal: true });
        }
        if !self.tables.contains_key(table) {
            let name = quote(&format!("_dlt_staged_{}", self.tables.len()));
            let target = self.dataset.table(table);
            self.session.execute(&step, &create_staging_table(&name, target))?;
            self.tables.insert(table.to_owned(), StagingTable { name, columns: Vec::new() });
        }
        let Some(staged) = self.tables.get_mut(table) else { return Ok(()) };
        let variants = splits.iter().map(|split| &split.variant);
        for name in fields.fields().iter().map(|field| field.name()).chain(variants).filter(|name| *name != ROOT_ROW_COLUMN) {
            if !staged.columns.contains(name) {
                staged.columns.push(name.clone());
            }
        }
        self.session.insert(&step, &staged.name, batch, splits)
    }

    /// The new rows of `table`.
    pub(super) fn get(&self, table: &str) -> Option<&StagingTable> {
        self.tables.get(table)
    }

    /// Drops the temporary tables.
    pub(super) fn clear(self) -> Result<(), LoadError> {
        for staged in self.tables.values() {
            self.session.execute("drop staged rows", &format!("DROP TABLE {}", staged.name))?;
        }
        Ok(())
    }
}
