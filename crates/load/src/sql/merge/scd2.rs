//! The strategy `scd2` (slowly changing dimension, type 2): rows are versions. A version that is missing from the new rows
//! ends, and a version that does not exist yet begins.

use catchment_schema::{DLT_ID_COLUMN, ROOT_ROW_COLUMN};

use super::surviving_rows::{SURVIVING, create_surviving, insert_surviving};
use super::{MergePlan, names};
use crate::sql::name::quote_list;

/// The temporary table with the numbers of root rows that begin a version.
const BEGUN: &str = "_dlt_begun";

/// The columns and timestamps of versions. Timestamps are SQL expressions.
pub(crate) struct Versions<'n> {
    /// The column that identifies a version.
    pub(crate) row_version: &'n str,
    pub(crate) valid_from: &'n str,
    pub(crate) valid_to: &'n str,
    /// The time at which new versions begin and their predecessors end.
    pub(crate) boundary: String,
    /// The end time of active versions, if it is not null.
    pub(crate) active: Option<String>,
}

pub(super) fn statements(merge: &MergePlan<'_>, versions: &Versions<'_>) -> Vec<String> {
    let (root, staged) = (&merge.root, merge.rows.relation);
    let Versions { boundary, active, .. } = versions;
    let [version, from, to] = [versions.row_version, versions.valid_from, versions.valid_to].map(|name| merge.quote(name));
    let [begun, surviving] = [BEGUN, SURVIVING].map(|name| merge.temporary(name));
    let number = merge.quote(ROOT_ROW_COLUMN);
    let is_active = match active {
        // Null as well, because versions can be older than the setting.
        Some(active) => format!("(d.{to} IS NULL OR d.{to} = {active})"),
        None => format!("d.{to} IS NULL"),
    };
    // With a primary key one new version per key survives, otherwise one of equal versions.
    let key = if merge.primary_key.is_empty() { vec![versions.row_version] } else { names(&merge.primary_key) };
    let survives = format!("EXISTS (SELECT 1 FROM {surviving} AS k WHERE k.{version} = d.{version})");
    let has_new_key = match merge.merge_key.as_slice() {
        [] => String::new(),
        key => format!(" AND EXISTS (SELECT 1 FROM {staged} AS s WHERE {})", merge.matches(key)),
    };
    let is_data = |name: &str| ![versions.valid_from, versions.valid_to].contains(&name);
    let columns: Vec<_> = merge.rows.columns.iter().filter(|column| is_data(&column.name)).collect();
    let values: Vec<String> = columns.iter().map(|column| column.value(merge.dialect, "")).collect();
    let (columns, values) = (quote_list(merge.dialect, columns.iter().map(|column| column.name.as_str())), values.join(", "));
    let filter = merge.root.filter(merge.dialect, "AND", "d.");
    let open = active.as_deref().unwrap_or("NULL");
    let mut statements = vec![
        create_surviving(merge, &key, &[versions.row_version], None),
        format!("UPDATE {root} AS d SET {to} = {boundary} WHERE {is_active} AND NOT {survives}{has_new_key}{filter}"),
        format!(
            "CREATE TEMP TABLE {begun} AS SELECT k.{number} FROM {surviving} AS k WHERE NOT EXISTS (SELECT 1 FROM {root} AS d WHERE d.{version} = k.{version} AND {is_active}{filter})"
        ),
        format!(
            "INSERT INTO {root} ({from}, {to}, {columns}) SELECT {boundary}, {open}, {values} FROM {staged} WHERE {number} IN (SELECT {number} FROM {begun})"
        ),
    ];
    // A version that begins again still has its child rows.
    let id = merge.quote(DLT_ID_COLUMN);
    for (child, rows) in merge.tables_with_rows().skip(1) {
        let filter = child.filter(merge.dialect, "AND", "d.");
        let is_new = format!(" AND NOT EXISTS (SELECT 1 FROM {child} AS d WHERE d.{id} = s.{id}{filter})");
        statements.push(insert_surviving(merge, child, rows, BEGUN) + &is_new);
    }
    statements.push(format!("DROP TABLE {begun}"));
    statements.push(format!("DROP TABLE {surviving}"));
    statements
}
