//! Of new rows with equal keys, the one that stays.

use catchment_schema::{DedupSort, ROOT_ROW_COLUMN};

use super::{HardDelete, MergePlan};
use crate::sql::name::{quote, quote_list};

/// The place of a row among those with its key, from 1: the first one stays.
pub(super) const RANK: &str = "\"_dlt_place\"";

/// The new root rows with their [`RANK`], as a query between brackets.
pub(super) fn ranked(merge: &MergePlan<'_>, key: &[&str]) -> String {
    let (key, order, staged) = (quote_list(key.iter().copied()), order(merge), merge.rows.relation);
    format!("(SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS {RANK} FROM {staged})")
}

/// The row that stays comes first: by the sort column, in which null loses, else in the order of the package.
fn order(merge: &MergePlan<'_>) -> String {
    let number = quote(ROOT_ROW_COLUMN);
    match merge.dedup_sort {
        Some((column, DedupSort::Ascending)) => format!("{} ASC NULLS LAST, {number}", quote(column)),
        Some((column, DedupSort::Descending)) => format!("{} DESC NULLS LAST, {number}", quote(column)),
        None => number,
    }
}

/// The condition that a row is not marked as deleted.
pub(super) fn is_not_deleted(mark: &HardDelete<'_>) -> String {
    let column = quote(mark.column);
    if mark.is_bool { format!("{column} IS NOT TRUE") } else { format!("{column} IS NULL") }
}
