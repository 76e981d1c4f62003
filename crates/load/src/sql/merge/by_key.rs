//! Deletion of rows by the keys of new rows, and insertion of the new rows.

use catchment_schema::ROOT_ROW_COLUMN;

use super::equal_keys::{RANK, is_not_deleted, ranked};
use super::{MergePlan, StagedRows, insert_staged, matches};
use crate::sql::name::QualifiedName;

/// The temporary table with the ids of deleted root rows.
const DELETED: &str = "\"_dlt_deleted\"";

/// Deletes rows that match a new row by one of `keys`, each a list of columns, and their child rows.
pub(super) fn delete(merge: &MergePlan<'_>, keys: &[&[&str]]) -> Vec<String> {
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

/// The temporary table with the numbers of excluded root rows.
const EXCLUDED: &str = "\"_dlt_left_out\"";

/// Inserts the new rows except duplicates of a key and rows marked as deleted.
///
/// The excluded rows are few, so they are collected instead of the inserted ones: the memory of the statement does not grow
/// with the package.
pub(super) fn insert(merge: &MergePlan<'_>) -> Vec<String> {
    let excluded = create_excluded(merge);
    let condition = match &excluded {
        Some(_) => {
            format!(" WHERE NOT EXISTS (SELECT 1 FROM {EXCLUDED} AS l WHERE l.\"{ROOT_ROW_COLUMN}\" = s.\"{ROOT_ROW_COLUMN}\")")
        }
        None => String::new(),
    };
    let insert = |(table, rows): (QualifiedName<'_>, &StagedRows<'_>)| insert_staged(table, rows, &condition);
    let drop = excluded.is_some().then(|| format!("DROP TABLE {EXCLUDED}"));
    excluded.into_iter().chain(merge.tables_with_rows().map(insert)).chain(drop).collect()
}

/// Returns the statement that creates [`EXCLUDED`], or `None` if no rows can be excluded.
fn create_excluded(merge: &MergePlan<'_>) -> Option<String> {
    let staged = merge.rows.relation;
    let is_deleted = merge.hard_delete.as_ref().map(|mark| format!("NOT ({})", is_not_deleted(mark)));
    let (from, conditions) = if merge.primary_key.is_empty() || merge.is_deduplicated {
        (staged.to_owned(), is_deleted?)
    } else {
        let is_not_first = format!("{RANK} > 1");
        let conditions = std::iter::once(is_not_first).chain(is_deleted).collect::<Vec<_>>().join(" OR ");
        (ranked(merge, &merge.primary_key), conditions)
    };
    Some(format!("CREATE TEMP TABLE {EXCLUDED} AS SELECT \"{ROOT_ROW_COLUMN}\" FROM {from} AS s WHERE {conditions}"))
}
