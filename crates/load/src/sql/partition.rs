//! Partitioned tables.

use super::Dialect;
use super::name::QualifiedName;

/// The column by whose values a table is partitioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionColumn {
    /// The name.
    pub name: String,
    /// The type, as the engine names it.
    pub data_type: String,
}

/// How a new table is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableLayout {
    /// The clauses after the columns of `CREATE TABLE`. Each begins with a line break.
    pub clauses: String,
    /// The column by whose values the table is partitioned.
    pub partition: Option<PartitionColumn>,
    /// Warnings for the report, for example about hints that have no effect.
    pub warnings: Vec<String>,
}

/// A table of the dataset whose rows are read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetTable {
    pub(crate) name: QualifiedName,
    pub(crate) partition: Option<PartitionColumn>,
}

impl TargetTable {
    /// Returns a condition that is true for all rows `alias`, and by which a table that requires a filter of its partitions
    /// can be read.
    pub(crate) fn any_partition(&self, dialect: &dyn Dialect, alias: &str) -> Option<String> {
        let column = self.partition.as_ref()?;
        Some(dialect.any_partition(&format!("{alias}{}", dialect.quote(&column.name))))
    }

    /// Returns [`any_partition`](TargetTable::any_partition) after `keyword`, or nothing.
    pub(crate) fn filter(&self, dialect: &dyn Dialect, keyword: &str, alias: &str) -> String {
        self.any_partition(dialect, alias).map(|condition| format!(" {keyword} {condition}")).unwrap_or_default()
    }
}

impl std::fmt::Display for TargetTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.name.fmt(f)
    }
}
