//! Selection of the new rows that survive a merge.

use catchment_schema::ROOT_ROW_COLUMN;

use super::equal_keys::{RANK, is_not_deleted, ranked};
use super::{MergePlan, StagedRows, TargetTable};
use crate::sql::name::quote_list;

/// The temporary table with the numbers of surviving root rows.
pub(super) const SURVIVING: &str = "_dlt_kept";

/// Returns the statement that creates [`SURVIVING`]: one root row for each value of `key`, without rows marked as deleted.
/// The table has the row numbers and `columns`. `condition` is an additional condition on rows `s`.
pub(super) fn create_surviving(merge: &MergePlan<'_>, key: &[&str], columns: &[&str], condition: Option<&str>) -> String {
    let staged = merge.rows.relation;
    let selected = quote_list(merge.dialect, std::iter::once(ROOT_ROW_COLUMN).chain(columns.iter().copied()));
    let mut conditions = Vec::new();
    conditions.extend(merge.hard_delete.as_ref().map(|mark| is_not_deleted(merge, mark)));
    conditions.extend(condition.map(str::to_owned));
    let from = if merge.is_deduplicated {
        format!("{staged} AS s")
    } else {
        conditions.insert(0, format!("{} = 1", merge.quote(RANK)));
        format!("{} AS s", ranked(merge, key))
    };
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!("CREATE TEMP TABLE {} AS SELECT {selected} FROM {from}{condition}", merge.temporary(SURVIVING))
}

/// Inserts the staged rows whose root rows are in the table `surviving`.
pub(super) fn insert_surviving(merge: &MergePlan<'_>, table: &TargetTable, rows: &StagedRows<'_>, surviving: &str) -> String {
    let (number, surviving) = (merge.quote(ROOT_ROW_COLUMN), merge.temporary(surviving));
    merge.insert_staged(table, rows, &format!(" WHERE {number} IN (SELECT {number} FROM {surviving})"))
}
