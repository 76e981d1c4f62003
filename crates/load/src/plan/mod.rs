//! Plans of loads: pure functions of the contents of a dataset, a sealed package and a dialect.

mod columns;
mod cursor_entries;
mod drift;
mod existing_tables;
mod facts;
mod merge;
mod planner;
mod row_target;
mod rows;
mod snapshot;
mod system_tables;
#[cfg(test)]
mod tests;
mod tree_changes;
mod widen;

pub(crate) use existing_tables::ExistingTables;
pub(crate) use facts::Facts;
pub(crate) use planner::{PlanError, Planner};
pub(crate) use row_target::VariantSplit;
pub use row_target::{RowColumn, RowTarget};
pub(crate) use snapshot::DatasetSnapshot;

use std::collections::BTreeSet;

use crate::sql::Statement;

/// The plan of a load: its steps in the order in which they are executed.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadPlan {
    /// Creates staging tables and writes rows into them. Other loads may run at the same time.
    pub stage: Vec<StagedTable>,
    /// Creates the dataset and its system tables if they are missing.
    pub prepare: Vec<Statement>,
    /// Changes the definition of tables: drops the tables of a refresh, creates tables, adds and widens columns.
    pub evolve: Vec<Statement>,
    /// Changes rows, for each root table with its child tables. The entries of cursors, which belong to the state, are last.
    pub apply: Vec<TreeChange>,
    /// Drops temporary staging tables, stores the schema and the state, and inserts, last, the record of the load.
    pub confirm: Vec<Statement>,
    /// Warnings for the report.
    pub warnings: Vec<String>,
}

/// A staging table with the rows that are written into it.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedTable {
    /// Creates the staging table.
    pub create: Statement,
    /// The rows.
    pub rows: RowTarget,
}

/// Changes of the rows of a root table and its child tables. They do not depend on those of other root tables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TreeChange {
    /// The root table.
    pub root: String,
    /// The tables whose rows change.
    pub tables: BTreeSet<String>,
    /// Declares variables of the steps. Empty unless the dialect
    /// [declares partitions](crate::Dialect::declare_partitions).
    pub declare: Vec<Statement>,
    /// The steps, in order.
    pub steps: Vec<ApplyStep>,
}

/// A step that changes rows.
#[derive(Debug, Clone, PartialEq)]
pub enum ApplyStep {
    /// Executes a statement.
    Execute(Statement),
    /// Writes rows of the package into a table of the dataset. Only for engines that
    /// [insert batches](crate::Dialect::inserts_batches).
    Write(RowTarget),
}
