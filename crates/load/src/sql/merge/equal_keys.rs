//! Deduplication of new rows with equal keys.

use catchment_schema::{DedupSort, ROOT_ROW_COLUMN};

use super::{HardDelete, MergePlan};

/// The column with the rank of a row among rows with its key, from 1. The first row survives.
pub(super) const RANK: &str = "_dlt_place";

/// Returns a parenthesized query of the new root rows with their [`RANK`].
pub(super) fn ranked(merge: &MergePlan<'_>, key: &[&str]) -> String {
    let key = key.iter().map(|name| merge.group_expression(name)).collect::<Vec<_>>().join(", ");
    let (order, staged) = (order(merge), merge.rows.relation);
    let rank = merge.quote(RANK);
    format!("(SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS {rank} FROM {staged})")
}

/// Returns the sort order that puts the surviving row first: by the sort columns with nulls last, then by package order.
fn order(merge: &MergePlan<'_>) -> String {
    let by = |(column, direction): &(&str, DedupSort)| {
        let direction = match direction {
            DedupSort::Ascending => "ASC",
            DedupSort::Descending => "DESC",
        };
        format!("{} {direction} NULLS LAST", merge.quote(column))
    };
    let number = std::iter::once(merge.quote(ROOT_ROW_COLUMN));
    merge.dedup_sort.iter().map(by).chain(number).collect::<Vec<_>>().join(", ")
}

/// Returns the condition that a row is not marked as deleted.
pub(super) fn is_not_deleted(merge: &MergePlan<'_>, mark: &HardDelete<'_>) -> String {
    let column = merge.quote(mark.column);
    if mark.is_bool { format!("{column} IS NOT TRUE") } else { format!("{column} IS NULL") }
}
