//! Of new rows with equal keys, the one that stays.

use catchment_schema::{DedupSort, ROOT_ROW};

use super::{HardDelete, Merge};
use crate::sql::name::{list, quote};

/// The place of a row among those with its key, from 1: the first one stays.
pub(super) const PLACE: &str = "\"_dlt_place\"";

/// The new root rows with their [`PLACE`], as a query between brackets.
pub(super) fn numbered(merge: &Merge<'_>, key: &[&str]) -> String {
    let (key, order, staged) = (list(key.iter().copied()), order(merge), merge.rows.relation);
    format!("(SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS {PLACE} FROM {staged})")
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

/// The condition that a row is not marked as deleted.
pub(super) fn is_not_deleted(mark: &HardDelete<'_>) -> String {
    let column = quote(mark.column);
    if mark.is_bool { format!("{column} IS NOT TRUE") } else { format!("{column} IS NULL") }
}
