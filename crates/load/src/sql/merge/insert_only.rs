//! Rows whose primary key is not there yet come; what is there stays.

use super::kept::{KEPT, insert_kept, make_kept};
use super::{Merge, matches};

pub(super) fn statements(merge: &Merge<'_>) -> Vec<String> {
    let is_new = format!("NOT EXISTS (SELECT 1 FROM {} AS d WHERE {})", merge.root, matches(&merge.primary_key));
    let mut statements = vec![make_kept(merge, &merge.primary_key, &[], Some(&is_new))];
    statements.extend(merge.tables_with_rows().map(|(table, rows)| insert_kept(table, rows, KEPT)));
    statements.push(format!("DROP TABLE {KEPT}"));
    statements
}
