//! The tables and rows of a dataset.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The reason and the message of an error.
pub(super) type JobError = (String, String);

/// The prefix of staging tables.
pub(super) const STAGING: &str = "_catchment_staging_";

/// A dataset.
#[derive(Debug, Clone, Default)]
pub(super) struct Dataset {
    pub(super) location: String,
    pub(super) tables: BTreeMap<String, Table>,
    /// The load ids in `_dlt_loads` with status 0, and those with status 1.
    pub(super) loads: Vec<String>,
    pub(super) unfinished: Vec<String>,
    /// The rows of `_catchment_applied`: load, pipeline and root table.
    pub(super) applied: Vec<[String; 3]>,
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) creation_time: u64,
    /// The fields of a table that the API created.
    pub(super) fields: Json,
    /// Name, type and nullability of the columns of a table that a statement created.
    pub(super) columns: Vec<[String; 3]>,
    pub(super) rows: usize,
    /// The load jobs that have filled the table.
    pub(super) files: Vec<String>,
}

impl Dataset {
    /// Returns the load ids in `_dlt_loads`.
    pub(super) fn logged(&self) -> impl Iterator<Item = &String> {
        self.loads.iter().chain(&self.unfinished)
    }

    /// Returns a table, or the error of a job that uses it.
    pub(super) fn table(&mut self, name: &str) -> Result<&mut Table, JobError> {
        let missing = || ("notFound".to_owned(), format!("Not found: Table p:d.{name} was not found in location US"));
        self.tables.get_mut(name).ok_or_else(missing)
    }

    /// Returns the rows of `INFORMATION_SCHEMA.COLUMNS`.
    pub(super) fn columns(&self) -> Vec<Vec<Option<String>>> {
        let tables = self.tables.iter().filter(|(name, _)| !name.starts_with(STAGING));
        let row = |(table, column): (&String, &[String; 3])| {
            std::iter::once(table).chain(column).map(|cell| Some(cell.clone())).collect()
        };
        tables.flat_map(|(name, table)| table.columns.iter().map(move |column| (name, column))).map(row).collect()
    }
}
