//! Which of the new rows are to be there in the end.

use catchment_schema::ROOT_ROW;

use super::equal_keys::{PLACE, is_not_deleted, numbered};
use super::{Merge, QualifiedName, StagedRows, insert_staged};
use crate::sql::name::list;

/// The temporary table with the numbers of the root rows that are to be there.
pub(super) const KEPT: &str = "\"_dlt_kept\"";

/// Makes [`KEPT`]: one root row for each value of `key`, without those that are marked as deleted, and with `columns`
/// besides their numbers. `condition` is one more, on rows `s`.
pub(super) fn make_kept(merge: &Merge<'_>, key: &[&str], columns: &[&str], condition: Option<&str>) -> String {
    let staged = merge.rows.relation;
    let selected = list(std::iter::once(ROOT_ROW).chain(columns.iter().copied()));
    let mut conditions = Vec::new();
    conditions.extend(merge.hard_delete.as_ref().map(is_not_deleted));
    conditions.extend(condition.map(str::to_owned));
    let from = if merge.is_deduplicated {
        format!("{staged} AS s")
    } else {
        conditions.insert(0, format!("{PLACE} = 1"));
        format!("{} AS s", numbered(merge, key))
    };
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!("CREATE TEMP TABLE {KEPT} AS SELECT {selected} FROM {from}{condition}")
}

/// Inserts the staged rows that belong to root rows in `kept`.
pub(super) fn insert_kept(table: QualifiedName<'_>, rows: &StagedRows<'_>, kept: &str) -> String {
    insert_staged(table, rows, &format!(" WHERE \"{ROOT_ROW}\" IN (SELECT \"{ROOT_ROW}\" FROM {kept})"))
}
