//! Merge plans derived from the schema.

use catchment_schema::{DataType, DedupSort, MergeStrategy, Table};

use crate::sql::{
    HardDelete, KeyColumn, MergePlan, StagedRows, Strategy, TargetTable, Versions, merge_statements, timestamp_literal,
};
use crate::{Capabilities, Dialect};

/// A merge of staged rows into a root table, described by `table`, and its child tables.
pub(super) struct Merge<'m> {
    pub(super) dialect: &'m dyn Dialect,
    pub(super) capabilities: &'m Capabilities,
    pub(super) table: &'m Table,
    pub(super) root: TargetTable,
    pub(super) rows: StagedRows<'m>,
    pub(super) children: Vec<(TargetTable, Option<StagedRows<'m>>)>,
    /// The creation time of the package in microseconds since 1970.
    pub(super) created_at: i64,
    /// The number of the merge, unique in the load.
    pub(super) number: usize,
}

impl Merge<'_> {
    /// Returns the declarations and statements of the merge, and adds to `warnings`. The error is the reason why the table
    /// cannot be merged.
    pub(super) fn statements(self, warnings: &mut Vec<String>) -> Result<(Vec<String>, Vec<String>), String> {
        let table = self.table;
        let strategy = supported_strategy(table, self.capabilities)?;
        // A declared column exists only if a row had a value for it.
        let is_staged = |name: &str| self.rows.columns.iter().any(|column| column.name == name);
        let hard_delete = table.hard_delete().filter(|column| is_staged(&column.name));
        let hard_delete =
            hard_delete.map(|column| HardDelete { column: &column.name, is_bool: column.data_type == Some(DataType::Bool) });
        let dedup_sort = table.dedup_sort().filter(|(column, _)| is_staged(&column.name));
        let dedup_sort = dedup_sort.map(|(column, order)| (column.name.as_str(), order));
        let (primary_key, merge_key) = (key(table, "primary_key"), key(table, "merge_key"));
        if dedup_sort.is_some() && primary_key.is_empty() {
            warnings.push(format!(
                "table `{}` has a `dedup_sort` column but no primary key, so rows are not deduplicated; set `primary_key`",
                table.name
            ));
        }
        if strategy == MergeStrategy::DeleteInsert && primary_key.is_empty() && merge_key.is_empty() {
            warnings.push(format!(
                "table `{}` is merged but has no primary key, so all rows are appended; set `primary_key`",
                table.name
            ));
        }
        // A row that changed while its pages were read occurs in several versions. The latest must survive, because the
        // cursor has passed it, also if the new rows have no values of the `dedup_sort` column.
        let cursor = table.columns_with("incremental").first().copied().filter(|name| is_staged(name));
        let cursor = cursor.map(|name| (name, DedupSort::Descending));
        let dedup_sort = dedup_sort.into_iter().chain(cursor).collect();
        let strategy = match strategy {
            MergeStrategy::DeleteInsert => Strategy::DeleteInsert,
            MergeStrategy::Upsert => Strategy::Upsert,
            MergeStrategy::InsertOnly => Strategy::InsertOnly,
            MergeStrategy::Scd2 => Strategy::Scd2(versions(self.dialect, table, self.created_at)?),
        };
        let is_deduplicated = table.is_deduplicated();
        let Merge { dialect, root, rows, children, number, .. } = self;
        let plan =
            MergePlan { dialect, number, root, rows, children, primary_key, merge_key, is_deduplicated, dedup_sort, hard_delete };
        let declarations = if matches!(strategy, Strategy::Scd2(_)) { Vec::new() } else { plan.declarations() };
        Ok((declarations, merge_statements(&plan, &strategy)))
    }
}

fn supported_strategy(table: &Table, capabilities: &Capabilities) -> Result<MergeStrategy, String> {
    let supported = || capabilities.merge_strategies.iter().map(|strategy| strategy.name()).collect::<Vec<_>>().join(", ");
    let unsupported = |name: &str| format!("merge strategy {name:?} is not supported; use one of {}", supported());
    let strategy = table.merge_strategy().map_err(|name| unsupported(&name))?;
    if capabilities.merge_strategies.contains(&strategy) { Ok(strategy) } else { Err(unsupported(strategy.name())) }
}

fn key<'t>(table: &'t Table, hint: &str) -> Vec<KeyColumn<'t>> {
    let key_column = |name| {
        let column = table.columns.get(name);
        KeyColumn {
            name,
            // JSON values cannot be compared with `=` in every engine.
            is_nullable: column.is_none_or(|column| column.is_nullable() || column.data_type == Some(DataType::Json)),
            is_double: column.is_some_and(|column| column.data_type == Some(DataType::Double)),
        }
    };
    table.columns_with(hint).into_iter().map(key_column).collect()
}

fn versions<'t>(dialect: &dyn Dialect, table: &'t Table, created_at: i64) -> Result<Versions<'t>, String> {
    let columns = table.validity_columns().and_then(|(from, to)| Some((from, to, table.columns.get(to)?)));
    let (valid_from, valid_to, column) = columns.ok_or_else(|| {
        "merge strategy \"scd2\" requires validity columns, but the table has none; set `validity_column_names`".to_owned()
    })?;
    let moment = |micros: i64| timestamp_literal(dialect, column, micros);
    Ok(Versions {
        row_version: table.row_version(),
        valid_from,
        valid_to,
        boundary: moment(table.boundary_timestamp().unwrap_or(created_at)),
        active: table.active_record_timestamp().map(moment),
    })
}
