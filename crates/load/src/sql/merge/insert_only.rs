//! The strategy `insert-only`: inserts rows with a new primary key and leaves existing rows unchanged.

use super::surviving_rows::{SURVIVING, create_surviving, insert_surviving};
use super::{MergePlan, names};

pub(super) fn statements(merge: &MergePlan<'_>) -> Vec<String> {
    let (matches, filter) = (merge.matches(&merge.primary_key), merge.root_filter(&[&merge.primary_key], "d."));
    let is_new = format!("NOT EXISTS (SELECT 1 FROM {} AS d WHERE {matches}{filter})", merge.root);
    let mut statements = vec![create_surviving(merge, &names(&merge.primary_key), &[], Some(&is_new))];
    statements.extend(merge.tables_with_rows().map(|(table, rows)| insert_surviving(merge, table, rows, SURVIVING)));
    statements.push(format!("DROP TABLE {}", merge.temporary(SURVIVING)));
    statements
}
