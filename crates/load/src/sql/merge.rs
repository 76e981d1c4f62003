//! Merging by delete and insert: the rows of the package take the place of the rows with their keys.

use super::insert::insert_from;
use super::name::{QualifiedName, quote};

/// New rows of a table, and the relation that they are staged in.
pub(crate) struct StagedRows<'n> {
    pub(crate) relation: &'n str,
    pub(crate) columns: Vec<&'n str>,
}

/// One root table and the tables below it.
pub(crate) struct Merge<'n> {
    pub(crate) root: QualifiedName<'n>,
    pub(crate) rows: StagedRows<'n>,
    /// The tables below it that the dataset has, with the new rows of those that have any.
    pub(crate) children: Vec<(QualifiedName<'n>, Option<StagedRows<'n>>)>,
    /// The columns that tell rows apart; none where all rows are new.
    pub(crate) key: Vec<&'n str>,
}

/// The statements of the merge, in order. They make two temporary tables and drop them again.
///
/// Null keys match null keys. Of rows with equal keys in the package the first one stays.
pub(crate) fn merge(merge: &Merge<'_>) -> Vec<String> {
    let (root, staged) = (merge.root, merge.rows.relation);
    let mut statements = Vec::new();
    let mut kept = String::new();
    let mut kept_children = String::new();
    if !merge.key.is_empty() {
        let matches = merge.key.iter().map(|key| format!("d.{0} IS NOT DISTINCT FROM s.{0}", quote(key)));
        let matches = matches.collect::<Vec<_>>().join(" AND ");
        let key = merge.key.iter().map(|key| quote(key)).collect::<Vec<_>>().join(", ");
        statements.push(format!(
            "CREATE TEMP TABLE \"_dlt_deleted\" AS SELECT d.\"_dlt_id\" FROM {root} AS d WHERE EXISTS (SELECT 1 FROM {staged} AS s WHERE {matches})"
        ));
        for (child, _) in &merge.children {
            statements.push(format!("DELETE FROM {child} WHERE \"_dlt_root_id\" IN (SELECT \"_dlt_id\" FROM \"_dlt_deleted\")"));
        }
        statements.push(format!("DELETE FROM {root} WHERE \"_dlt_id\" IN (SELECT \"_dlt_id\" FROM \"_dlt_deleted\")"));
        statements.push(format!(
            "CREATE TEMP TABLE \"_dlt_inserted\" AS SELECT \"_dlt_id\" FROM {staged} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rowid) = 1"
        ));
        kept = " WHERE \"_dlt_id\" IN (SELECT \"_dlt_id\" FROM \"_dlt_inserted\")".to_owned();
        kept_children = " WHERE \"_dlt_root_id\" IN (SELECT \"_dlt_id\" FROM \"_dlt_inserted\")".to_owned();
    }
    statements.push(insert_from(&root.to_string(), merge.rows.columns.iter().copied(), staged) + &kept);
    for (child, rows) in &merge.children {
        if let Some(rows) = rows {
            statements.push(insert_from(&child.to_string(), rows.columns.iter().copied(), rows.relation) + &kept_children);
        }
    }
    if !merge.key.is_empty() {
        statements.push("DROP TABLE \"_dlt_deleted\"".to_owned());
        statements.push("DROP TABLE \"_dlt_inserted\"".to_owned());
    }
    statements
}
