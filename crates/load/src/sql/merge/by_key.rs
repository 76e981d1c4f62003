//! Deletion of rows by the keys of new rows, and insertion of the new rows.

use catchment_schema::{DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, ROOT_ROW_COLUMN};

use super::equal_keys::{RANK, is_not_deleted, ranked};
use super::{KeyColumn, MergePlan, names};

/// The temporary table with the ids of deleted root rows.
const DELETED: &str = "_dlt_deleted";

/// Deletes rows that match a new row by one of `keys`, each a list of columns, and their child rows.
pub(super) fn delete(merge: &MergePlan<'_>, keys: &[&[KeyColumn<'_>]]) -> Vec<String> {
    let (root, staged) = (&merge.root, merge.rows.relation);
    let [id, root_id] = [DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN].map(|name| merge.quote(name));
    let deleted = merge.temporary(DELETED);
    let with_key = |key: &&[KeyColumn<'_>]| {
        let (matches, filter) = (merge.matches(key), merge.root_filter(&[key], "d."));
        format!("SELECT d.{id} FROM {root} AS d WHERE EXISTS (SELECT 1 FROM {staged} AS s WHERE {matches}){filter}")
    };
    let found = keys.iter().map(with_key).collect::<Vec<_>>().join(" UNION DISTINCT ");
    let mut statements = vec![format!("CREATE TEMP TABLE {deleted} AS {found}")];
    for (child, _) in &merge.children {
        let filter = child.filter(merge.dialect, "AND", "");
        statements.push(format!("DELETE FROM {child} WHERE {root_id} IN (SELECT {id} FROM {deleted}){filter}"));
    }
    let filter = merge.root_filter(keys, "");
    statements.push(format!("DELETE FROM {root} WHERE {id} IN (SELECT {id} FROM {deleted}){filter}"));
    statements.push(format!("DROP TABLE {deleted}"));
    statements
}

/// The temporary table with the numbers of excluded root rows.
const EXCLUDED: &str = "_dlt_left_out";

/// Inserts the new rows except duplicates of a key and rows marked as deleted.
///
/// The excluded rows are few, so they are collected instead of the inserted ones: the memory of the statement does not grow
/// with the package.
pub(super) fn insert(merge: &MergePlan<'_>) -> Vec<String> {
    let excluded = create_excluded(merge);
    let (table, number) = (merge.temporary(EXCLUDED), merge.quote(ROOT_ROW_COLUMN));
    let condition = match &excluded {
        Some(_) => format!(" WHERE NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.{number} = s.{number})"),
        None => String::new(),
    };
    let inserts = merge.tables_with_rows().map(|(table, rows)| merge.insert_staged(table, rows, &condition));
    let drop = excluded.is_some().then(|| format!("DROP TABLE {table}"));
    excluded.into_iter().chain(inserts).chain(drop).collect()
}

/// Returns the statement that creates [`EXCLUDED`], or `None` if no rows can be excluded.
fn create_excluded(merge: &MergePlan<'_>) -> Option<String> {
    let staged = merge.rows.relation;
    let is_deleted = merge.hard_delete.as_ref().map(|mark| format!("NOT ({})", is_not_deleted(merge, mark)));
    let (from, conditions) = if merge.primary_key.is_empty() || merge.is_deduplicated {
        (staged.to_owned(), is_deleted?)
    } else {
        let is_not_first = format!("{} > 1", merge.quote(RANK));
        let conditions = std::iter::once(is_not_first).chain(is_deleted).collect::<Vec<_>>().join(" OR ");
        (ranked(merge, &names(&merge.primary_key)), conditions)
    };
    let (excluded, number) = (merge.temporary(EXCLUDED), merge.quote(ROOT_ROW_COLUMN));
    Some(format!("CREATE TEMP TABLE {excluded} AS SELECT {number} FROM {from} AS s WHERE {conditions}"))
}
