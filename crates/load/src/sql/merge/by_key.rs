//! Taking rows out by the keys of new ones.

use super::kept::KEPT;
use super::{Merge, insert_kept, matches};

/// The temporary table with the ids of the root rows that go.
const DELETED: &str = "\"_dlt_deleted\"";

/// Deletes the rows with one of the `keys` of new rows, each a list of columns, and their child rows.
pub(super) fn delete(merge: &Merge<'_>, keys: &[&[&str]]) -> Vec<String> {
    let (root, staged) = (merge.root, merge.rows.relation);
    let with_key = |key: &&[&str]| {
        format!("SELECT d.\"_dlt_id\" FROM {root} AS d WHERE EXISTS (SELECT 1 FROM {staged} AS s WHERE {})", matches(key))
    };
    let found = keys.iter().map(with_key).collect::<Vec<_>>().join(" UNION ");
    let mut statements = vec![format!("CREATE TEMP TABLE {DELETED} AS {found}")];
    for (child, _) in &merge.children {
        statements.push(format!("DELETE FROM {child} WHERE \"_dlt_root_id\" IN (SELECT \"_dlt_id\" FROM {DELETED})"));
    }
    statements.push(format!("DELETE FROM {root} WHERE \"_dlt_id\" IN (SELECT \"_dlt_id\" FROM {DELETED})"));
    statements.push(format!("DROP TABLE {DELETED}"));
    statements
}

/// Inserts the kept rows of all tables, and drops what was made for it.
pub(super) fn insert(merge: &Merge<'_>) -> impl Iterator<Item = String> {
    let inserted = merge.tables_with_rows().map(|(table, rows)| insert_kept(table, rows, KEPT));
    inserted.chain([format!("DROP TABLE {KEPT}")])
}
