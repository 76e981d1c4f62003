//! Staging tables for new rows of merged tables.

use std::collections::HashMap;

use arrow::record_batch::RecordBatch;
use catchment_schema::ROOT_ROW_COLUMN;

use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, StagedRows, VariantSplit, create_staging_table, quote};

/// The staging tables of a load, one per table with new rows.
pub(super) struct StagingTables<'s> {
    session: &'s Session,
    dataset: DatasetName<'s>,
    tables: HashMap<String, StagingTable>,
}

/// A staging table.
pub(super) struct StagingTable {
    /// The quoted name of the temporary table.
    name: String,
    /// The columns of the rows.
    columns: Vec<String>,
}

impl StagingTable {
    /// Returns the staged rows as input of a merge.
    pub(super) fn rows(&self) -> StagedRows<'_> {
        StagedRows { relation: &self.name, columns: self.columns.iter().map(String::as_str).collect() }
    }
}

impl<'s> StagingTables<'s> {
    pub(super) fn new(session: &'s Session, dataset: DatasetName<'s>) -> Self {
        StagingTables { session, dataset, tables: HashMap::new() }
    }

    /// Appends rows of `table`, which exists in the dataset.
    pub(super) fn append(&mut self, table: &str, batch: RecordBatch, splits: &[VariantSplit]) -> Result<(), LoadError> {
        let step = format!("stage rows of table `{table}`");
        let fields = batch.schema();
        if fields.column_with_name(ROOT_ROW_COLUMN).is_none() {
            let reason = format!("the package has no column `{ROOT_ROW_COLUMN}`, which merging requires");
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

    /// Returns the staging table of `table`.
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
