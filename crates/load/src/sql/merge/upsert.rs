//! A new row takes the place of the one with its primary key.
//!
//! The id of a row is a hash of its key, so what is deleted and inserted again is the same row with other values.

use super::{MergePlan, by_key};

pub(super) fn statements(merge: &MergePlan<'_>) -> Vec<String> {
    let mut statements = by_key::delete(merge, &[&merge.primary_key]);
    statements.extend(by_key::insert(merge));
    statements
}
