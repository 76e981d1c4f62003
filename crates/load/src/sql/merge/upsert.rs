//! The strategy `upsert`: replaces the row with the same primary key.
//!
//! The id of a row is a hash of its key, so a row that is deleted and inserted again keeps its id.

use super::{MergePlan, by_key};

pub(super) fn statements(merge: &MergePlan<'_>) -> Vec<String> {
    let mut statements = by_key::delete(merge, &[&merge.primary_key]);
    statements.extend(by_key::insert(merge));
    statements
}
