//! Merge plans derived from the schema.

use catchment_schema::{DataType, DedupSort, MergeStrategy, Table, format_timestamp};

use super::column_type::column_type;
use super::transaction::LoadWarnings;
use crate::sql::{HardDelete, MergePlan, QualifiedName, StagedRows, Strategy, Versions, merge_statements, text_literal};

/// Returns the statements that merge `rows` into `root`, described by `table`, and into its `children`. `created_at` is the
/// creation time of the package in microseconds since 1970. The error is the reason why the table cannot be merged.
pub(super) fn statements(
    table: &Table,
    root: QualifiedName<'_>,
    rows: StagedRows<'_>,
    children: Vec<(QualifiedName<'_>, Option<StagedRows<'_>>)>,
    created_at: i64,
    warnings: &LoadWarnings,
) -> Result<Vec<String>, String> {
    let strategy = table.merge_strategy().map_err(|name| {
        let known = MergeStrategy::ALL.map(MergeStrategy::name).join(", ");
        format!("merge strategy {name:?} is not supported; use one of {known}")
    })?;
    // A column exists only if a row has a value for it.
    let is_staged = |name: &str| rows.columns.contains(&name);
    let hard_delete = table.hard_delete().filter(|column| is_staged(&column.name));
    let hard_delete =
        hard_delete.map(|column| HardDelete { column: &column.name, is_bool: column.data_type == Some(DataType::Bool) });
    let dedup_sort = table.dedup_sort().filter(|(column, _)| is_staged(&column.name));
    let dedup_sort = dedup_sort.map(|(column, order)| (column.name.as_str(), order));
    let (primary_key, merge_key) = (table.columns_with("primary_key"), table.columns_with("merge_key"));
    if dedup_sort.is_some() && primary_key.is_empty() {
        warnings.add(format!(
            "table `{}` has a `dedup_sort` column but no primary key, so rows are not deduplicated; set `primary_key`",
            table.name
        ));
    }
    if strategy == MergeStrategy::DeleteInsert && primary_key.is_empty() && merge_key.is_empty() {
        warnings
            .add(format!("table `{}` is merged but has no primary key, so all rows are appended; set `primary_key`", table.name));
    }
    // A row that changed while its pages were read occurs in several versions. The latest must survive, because the cursor
    // has passed it.
    let dedup_sort = dedup_sort.or_else(|| {
        let cursor = table.columns_with("incremental").first().copied().filter(|name| is_staged(name))?;
        Some((cursor, DedupSort::Descending))
    });
    let is_deduplicated = table.is_deduplicated();
    let plan = MergePlan { root, rows, children, primary_key, merge_key, is_deduplicated, dedup_sort, hard_delete };
    let strategy = match strategy {
        MergeStrategy::DeleteInsert => Strategy::DeleteInsert,
        MergeStrategy::Upsert => Strategy::Upsert,
        MergeStrategy::InsertOnly => Strategy::InsertOnly,
        MergeStrategy::Scd2 => Strategy::Scd2(versions(table, created_at)?),
    };
    Ok(merge_statements(&plan, &strategy))
}

fn versions(table: &Table, created_at: i64) -> Result<Versions<'_>, String> {
    let columns = table.validity_columns().and_then(|(from, to)| Some((from, to, table.columns.get(to)?)));
    let (valid_from, valid_to, column) = columns.ok_or_else(|| {
        "merge strategy \"scd2\" requires validity columns, but the table has none; set `validity_column_names`".to_owned()
    })?;
    let column_type = column_type(column);
    let moment = |micros: i64| format!("CAST({} AS {column_type})", text_literal(&format_timestamp(micros)));
    Ok(Versions {
        row_version: table.row_version(),
        valid_from,
        valid_to,
        boundary: moment(table.boundary_timestamp().unwrap_or(created_at)),
        active: table.active_record_timestamp().map(moment),
    })
}
