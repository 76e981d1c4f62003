//! Merging: new rows of a package find their place among those that are there.
//!
//! New rows are staged first, in one relation for each table, with a column [`ROOT_ROW`](catchment_schema::ROOT_ROW)
//! that says which root row of the package each belongs to. Then a plan of statements, one for each strategy, runs in
//! the transaction of the load. In all of them null keys match null keys, and of new rows with equal keys one stays: by
//! the sort column of the table, where it has one, else the first.

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

/// New rows of a table.
pub(crate) struct StagedRows<'n> {
    /// The relation that they are staged in.
    pub(crate) relation: &'n str,
    /// The columns of the table that they have.
    pub(crate) columns: Vec<&'n str>,
}

/// One root table and the tables below it.
pub(crate) struct MergePlan<'n> {
    pub(crate) root: QualifiedName<'n>,
    pub(crate) rows: StagedRows<'n>,
    /// The tables below it that the dataset has, with the new rows of those that have any.
    pub(crate) children: Vec<(QualifiedName<'n>, Option<StagedRows<'n>>)>,
    /// The columns that tell rows apart.
    pub(crate) primary_key: Vec<&'n str>,
    /// The columns by which rows are replaced, all that share their values.
    pub(crate) merge_key: Vec<&'n str>,
    /// Whether new rows have different keys for sure.
    pub(crate) is_deduplicated: bool,
    /// The column by which one of several new rows with one key is chosen.
    pub(crate) dedup_sort: Option<(&'n str, DedupSort)>,
    /// The column that marks rows that are to be deleted.
    pub(crate) hard_delete: Option<HardDelete<'n>>,
}

/// A column that marks rows that are to be deleted.
pub(crate) struct HardDelete<'n> {
    pub(crate) column: &'n str,
    /// Whether it is a boolean; otherwise whatever is not null marks a row.
    pub(crate) is_bool: bool,
}

/// A strategy, with what it alone needs.
pub(crate) enum Strategy<'n> {
    DeleteInsert,
    Upsert,
    InsertOnly,
    Scd2(Versions<'n>),
}

/// The statements of the merge, in order. They make temporary tables and drop them again.
pub(crate) fn merge_statements(merge: &MergePlan<'_>, strategy: &Strategy<'_>) -> Vec<String> {
    match strategy {
        Strategy::DeleteInsert => delete_insert::statements(merge),
        Strategy::Upsert => upsert::statements(merge),
        Strategy::InsertOnly => insert_only::statements(merge),
        Strategy::Scd2(versions) => scd2::statements(merge, versions),
    }
}

impl MergePlan<'_> {
    /// The tables that have new rows, the root first.
    fn tables_with_rows(&self) -> impl Iterator<Item = (QualifiedName<'_>, &StagedRows<'_>)> {
        let children = self.children.iter().filter_map(|(table, rows)| Some((*table, rows.as_ref()?)));
        std::iter::once((self.root, &self.rows)).chain(children)
    }
}

/// Inserts the staged rows, `s`, that a condition picks.
fn insert_staged(table: QualifiedName<'_>, rows: &StagedRows<'_>, condition: &str) -> String {
    insert_from(&table.to_string(), rows.columns.iter().copied(), &format!("{} AS s{condition}", rows.relation))
}

/// The condition that rows `d` and `s` have the same key.
fn matches(key: &[&str]) -> String {
    key.iter().map(|column| format!("d.{0} IS NOT DISTINCT FROM s.{0}", quote(column))).collect::<Vec<_>>().join(" AND ")
}
