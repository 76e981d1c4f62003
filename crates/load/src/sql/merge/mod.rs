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

use super::insert::insert_from;
use super::name::{QualifiedName, quote};
pub(crate) use scd2::Versions;

/// Staged rows of a table.
pub(crate) struct StagedRows<'n> {
    /// The relation with the staged rows.
    pub(crate) relation: &'n str,
    /// The columns of the rows that belong to the table.
    pub(crate) columns: Vec<&'n str>,
}

/// The plan of a merge into a root table and its child tables.
pub(crate) struct MergePlan<'n> {
    pub(crate) root: QualifiedName<'n>,
    pub(crate) rows: StagedRows<'n>,
    /// The existing child tables at all levels, with their new rows if any.
    pub(crate) children: Vec<(QualifiedName<'n>, Option<StagedRows<'n>>)>,
    /// The columns that identify rows.
    pub(crate) primary_key: Vec<&'n str>,
    /// The columns whose values select the rows to replace as a group.
    pub(crate) merge_key: Vec<&'n str>,
    /// Whether the new rows are known to have unique keys.
    pub(crate) is_deduplicated: bool,
    /// The column that selects one of several new rows with the same key.
    pub(crate) dedup_sort: Option<(&'n str, DedupSort)>,
    /// The column that marks rows to delete.
    pub(crate) hard_delete: Option<HardDelete<'n>>,
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
    fn tables_with_rows(&self) -> impl Iterator<Item = (QualifiedName<'_>, &StagedRows<'_>)> {
        let children = self.children.iter().filter_map(|(table, rows)| Some((*table, rows.as_ref()?)));
        std::iter::once((self.root, &self.rows)).chain(children)
    }
}

/// Inserts the staged rows, aliased `s`, that match a condition.
fn insert_staged(table: QualifiedName<'_>, rows: &StagedRows<'_>, condition: &str) -> String {
    insert_from(&table.to_string(), rows.columns.iter().copied(), &format!("{} AS s{condition}", rows.relation))
}

/// Returns the condition that the rows `d` and `s` have equal keys.
fn matches(key: &[&str]) -> String {
    key.iter().map(|column| format!("d.{0} IS NOT DISTINCT FROM s.{0}", quote(column))).collect::<Vec<_>>().join(" AND ")
}
