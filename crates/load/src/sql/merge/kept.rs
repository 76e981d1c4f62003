//! Which of the new rows are to be there in the end.

use catchment_schema::{DedupSort, ROOT_ROW};

use super::{HardDelete, Merge};
use crate::sql::name::{list, quote};

/// The temporary table with the numbers of the root rows that are to be there.
pub(super) const KEPT: &str = "\"_dlt_kept\"";

/// Makes [`KEPT`]: one root row for each value of `key`, all where it has no columns, without those that are marked as
/// deleted, and with `columns` besides their numbers. `condition` is one more, on rows `s`.
pub(super) fn make_kept(merge: &Merge<'_>, key: &[&str], columns: &[&str], condition: Option<&str>) -> String {
    let staged = merge.rows.relation;
    let selected = list(std::iter::once(ROOT_ROW).chain(columns.iter().copied()));
    let mut conditions = Vec::new();
    conditions.extend(merge.hard_delete.as_ref().map(is_not_deleted));
    conditions.extend(condition.map(str::to_owned));
    let from = if key.is_empty() || merge.is_deduplicated {
        format!("{staged} AS s")
    } else {
        conditions.insert(0, "\"_dlt_place\" = 1".to_owned());
        let (key, order) = (list(key.iter().copied()), order(merge));
        format!("(SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS \"_dlt_place\" FROM {staged}) AS s")
    };
    let condition = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!("CREATE TEMP TABLE {KEPT} AS SELECT {selected} FROM {from}{condition}")
}

/// The row that stays comes first: by the sort column, in which null loses, else in the order of the package.
fn order(merge: &Merge<'_>) -> String {
    let number = quote(ROOT_ROW);
    match merge.dedup_sort {
        Some((column, DedupSort::Ascending)) => format!("{} ASC NULLS LAST, {number}", quote(column)),
        Some((column, DedupSort::Descending)) => format!("{} DESC NULLS LAST, {number}", quote(column)),
        None => number,
    }
}

fn is_not_deleted(mark: &HardDelete<'_>) -> String {
    let column = quote(mark.column);
    if mark.is_bool { format!("{column} IS NOT TRUE") } else { format!("{column} IS NULL") }
}
