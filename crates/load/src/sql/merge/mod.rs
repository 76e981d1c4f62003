//! Merge statements, one plan for each merge strategy.
//!
//! New rows are first staged in one relation per table. The column
//! [`ROOT_ROW_COLUMN`](catchment_schema::ROOT_ROW_COLUMN) holds the number of the root row in the package. The statements of
//! the strategy then run in the transaction of the load. In every strategy null keys match null keys, and of new rows with
//! equal keys one survives: by the sort column of the table if it has one, otherwise the first.

mod by_key;
mod delete_insert;
mod equal_keys;
mod insert_only;
mod scd2;
mod surviving_rows;
#[cfg(test)]
mod tests;
mod upsert;

use catchment_schema::DedupSort;

use super::Dialect;
use super::insert::{InsertColumn, insert_from};
use super::partition::{PartitionColumn, TargetTable};
pub(crate) use scd2::Versions;

/// Staged rows of a table.
pub(crate) struct StagedRows<'n> {
    /// The relation with the staged rows.
    pub(crate) relation: &'n str,
    /// The columns of the rows that belong to the table.
    pub(crate) columns: &'n [InsertColumn],
}

/// The plan of a merge into a root table and its child tables.
pub(crate) struct MergePlan<'n> {
    pub(crate) dialect: &'n dyn Dialect,
    /// The number of the merge, unique in the load. Temporary tables are named by it.
    pub(crate) number: usize,
    pub(crate) root: TargetTable,
    pub(crate) rows: StagedRows<'n>,
    /// The existing child tables at all levels, with their new rows if any.
    pub(crate) children: Vec<(TargetTable, Option<StagedRows<'n>>)>,
    /// The columns that identify rows.
    pub(crate) primary_key: Vec<KeyColumn<'n>>,
    /// The columns whose values select the rows to replace as a group.
    pub(crate) merge_key: Vec<KeyColumn<'n>>,
    /// Whether the new rows are known to have unique keys.
    pub(crate) is_deduplicated: bool,
    /// The columns that select one of several new rows with the same key.
    pub(crate) dedup_sort: Vec<(&'n str, DedupSort)>,
    /// The column that marks rows to delete.
    pub(crate) hard_delete: Option<HardDelete<'n>>,
}

/// A column of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyColumn<'n> {
    pub(crate) name: &'n str,
    /// Whether the column may contain nulls. Equality without nulls can use indexes and hash joins in every engine.
    pub(crate) is_nullable: bool,
    /// Whether the column is a double.
    pub(crate) is_double: bool,
}

/// A column that marks rows to delete.
pub(crate) struct HardDelete<'n> {
    pub(crate) column: &'n str,
    /// Whether the column is a boolean; otherwise any non-null value marks a row.
    pub(crate) is_bool: bool,
}

/// A merge strategy with its options.
pub(crate) enum Strategy<'n> {
    DeleteInsert,
    Upsert,
    InsertOnly,
    Scd2(Versions<'n>),
}

/// Returns the statements of the merge in order. They create temporary tables and drop them again.
pub(crate) fn merge_statements(merge: &MergePlan<'_>, strategy: &Strategy<'_>) -> Vec<String> {
    match strategy {
        Strategy::DeleteInsert => delete_insert::statements(merge),
        Strategy::Upsert => upsert::statements(merge),
        Strategy::InsertOnly => insert_only::statements(merge),
        Strategy::Scd2(versions) => scd2::statements(merge, versions),
    }
}

impl MergePlan<'_> {
    /// Returns the tables with new rows, the root table first.
    fn tables_with_rows(&self) -> impl Iterator<Item = (&TargetTable, &StagedRows<'_>)> {
        let children = self.children.iter().filter_map(|(table, rows)| Some((table, rows.as_ref()?)));
        std::iter::once((&self.root, &self.rows)).chain(children)
    }

    /// Quotes a name.
    fn quote(&self, name: &str) -> String {
        self.dialect.quote(name)
    }

    /// Returns the quoted name of a temporary table of this merge.
    fn temporary(&self, name: &str) -> String {
        self.quote(&format!("{name}_{}", self.number))
    }

    /// Returns the expression by which rows with equal values of a key column are grouped.
    fn group_expression(&self, name: &str) -> String {
        let is_double = self.primary_key.iter().any(|column| column.name == name && column.is_double);
        let column = self.quote(name);
        if is_double { self.dialect.group_doubles(&column) } else { column }
    }

    /// Inserts the staged rows, aliased `s`, that match a condition.
    fn insert_staged(&self, table: &TargetTable, rows: &StagedRows<'_>, condition: &str) -> String {
        insert_from(self.dialect, &table.to_string(), rows.columns, &format!("{} AS s{condition}", rows.relation))
    }

    /// Returns the expression of the value of a staged row in a column of the table.
    fn staged_value(&self, name: &str, alias: &str) -> String {
        let staged = self.rows.columns.iter().find(|staged| staged.name == name);
        staged.map_or_else(|| format!("{alias}{}", self.quote(name)), |staged| staged.value(self.dialect, alias))
    }

    /// Returns the statements that declare the partitions of the new rows, if rows are matched within them.
    pub(crate) fn declarations(&self) -> Vec<String> {
        let keys = [&self.primary_key, &self.merge_key];
        let Some(column) = self.root.partition.as_ref().filter(|column| keys.iter().any(|key| has_column(key, column))) else {
            return Vec::new();
        };
        self.dialect.declare_partitions(&self.variable(), column, &self.staged_value(&column.name, ""), self.rows.relation)
    }

    /// Returns the beginning of the names of the variables of this merge.
    fn variable(&self) -> String {
        format!("_dlt_partitions_{}", self.number)
    }

    /// Returns the filter of the rows of the root table that can match a new row by one of `keys`, after `AND`: within the
    /// partitions of the new rows if each key contains the partition column.
    fn root_filter(&self, keys: &[&[KeyColumn<'_>]], alias: &str) -> String {
        match &self.root.partition {
            Some(column) if !self.declarations().is_empty() && keys.iter().all(|key| has_column(key, column)) => {
                let value = format!("{alias}{}", self.quote(&column.name));
                let is_in = self.dialect.in_partitions(&self.variable(), column, &value);
                let is_nullable = keys.iter().flat_map(|key| key.iter()).any(|key| key.name == column.name && key.is_nullable);
                if is_nullable { format!(" AND ({is_in} OR {value} IS NULL)") } else { format!(" AND {is_in}") }
            }
            _ => self.root.filter(self.dialect, "AND", alias),
        }
    }

    /// Returns the condition that the rows `d` and `s` have equal keys.
    fn matches(&self, key: &[KeyColumn<'_>]) -> String {
        key.iter().map(|column| self.matches_column(column)).collect::<Vec<_>>().join(" AND ")
    }

    fn matches_column(&self, column: &KeyColumn<'_>) -> String {
        let left = format!("d.{}", self.quote(column.name));
        let right = self.staged_value(column.name, "s.");
        if column.is_nullable { self.dialect.equal_or_both_null(&left, &right) } else { format!("{left} = {right}") }
    }
}

/// Returns true if the key contains the partition column.
fn has_column(key: &[KeyColumn<'_>], column: &PartitionColumn) -> bool {
    key.iter().any(|key| key.name == column.name)
}

/// Returns the names of the columns of a key.
fn names<'n>(key: &[KeyColumn<'n>]) -> Vec<&'n str> {
    key.iter().map(|column| column.name).collect()
}
