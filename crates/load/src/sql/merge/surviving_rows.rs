//! Which of the new rows are to be there in the end.

use catchment_schema::ROOT_ROW_COLUMN;

use super::equal_keys::{RANK, is_not_deleted, ranked};
use super::{MergePlan, QualifiedName, StagedRows, insert_staged};
use crate::sql::name::quote_list;

/// The temporary table with the numbers of the root rows that are to be there.
pub(super) const SURVIVING: &str = "\"_dlt_kept\"";

/// Makes [`SURVIVING`]: one root row for each value of `key`, without those that are marked as deleted, and with `columns`
/// besides their numbers. `condition` is one more, on rows `s`.
pub(super) fn create_surviving(merge: &MergePlan<'_>, key: &[&str], columns: &[&str], condition: Option<&str>) -> String {
    let staged = merge.rows.relation;
    let selected = quote_list(std::iter::once(ROOT_ROW_COLUMN).chain(columns.iter().copied()));
    let mut conditions = Vec::new();
    conditions.extend(merge.hard_delete.as_ref().map(is_not_deleted));
    conditions.extend(condition.map(str::to_owned));
    let from = if merge.is_deduplicated {
        format!("{staged} AS s")
    } else {
        conditions.insert(0, format!("{RANK} = 1"));
        format!("{} AS s", ranked(merge, key))
    };
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!("CREATE TEMP TABLE {SURVIVING} AS SELECT {selected} FROM {from}{condition}")
}

/// Inserts the staged rows that belong to root rows in `kept`.
pub(super) fn insert_surviving(table: QualifiedName<'_>, rows: &StagedRows<'_>, kept: &str) -> String {
    insert_staged(table, rows, &format!(" WHERE \"{ROOT_ROW_COLUMN}\" IN (SELECT \"{ROOT_ROW_COLUMN}\" FROM {kept})"))
}
