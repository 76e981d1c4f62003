//! The strategy `delete-insert`: deletes rows with the primary or merge key of a new row, then inserts the new rows.

use super::{KeyColumn, MergePlan, by_key};

pub(super) fn statements(merge: &MergePlan<'_>) -> Vec<String> {
    let keys: Vec<&[KeyColumn<'_>]> =
        [&*merge.primary_key, &*merge.merge_key].into_iter().filter(|key| !key.is_empty()).collect();
    let mut statements = Vec::new();
    if !keys.is_empty() {
        statements.extend(by_key::delete(merge, &keys));
    }
    statements.extend(by_key::insert(merge));
    statements
}
