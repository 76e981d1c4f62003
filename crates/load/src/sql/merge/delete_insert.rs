//! Rows with the primary or the merge key of a new one go, and the new ones come.

use super::{MergePlan, by_key};

pub(super) fn statements(merge: &MergePlan<'_>) -> Vec<String> {
    let keys: Vec<&[&str]> = [&*merge.primary_key, &*merge.merge_key].into_iter().filter(|key| !key.is_empty()).collect();
    let mut statements = Vec::new();
    if !keys.is_empty() {
        statements.extend(by_key::delete(merge, &keys));
    }
    statements.extend(by_key::insert(merge));
    statements
}
