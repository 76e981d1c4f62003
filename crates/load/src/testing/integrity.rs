//! Invariants of every dataset.

use catchment_schema::{
    DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, LOADS_TABLE, MergeStrategy, Schema, Table,
    WriteDisposition,
};

use super::context::TestContext;
use super::failure::Mismatch;
use crate::Dialect;

impl TestContext<'_> {
    /// Checks that each table has the columns of the stored schema and no other system columns, that each root row belongs
    /// to a load and each child row to a parent row and a root row, and that ids and loads are unique.
    pub(super) fn check_integrity(&self) -> Result<(), Mismatch> {
        let Some(schema) = self.restored()?.schema else { return Ok(()) };
        let loads = self.name(LOADS_TABLE);
        let mut problems = vec![format!(
            "SELECT 'a duplicate load' AS problem, load_id AS id FROM {loads} GROUP BY load_id HAVING count(*) > 1"
        )];
        for table in schema.data_tables().filter(|table| table.has_seen_data()) {
            self.check_columns(table)?;
            problems.extend(queries(self.destination.dialect(), &schema, table));
        }
        // One query, because destinations can be slow.
        self.expect(&problems.join(" UNION ALL "), "")
    }

    fn check_columns(&self, table: &Table) -> Result<(), Mismatch> {
        let sql = format!("SELECT * FROM {} WHERE 1 = 0", self.name(&table.name));
        let result = self.try_query(&sql);
        let result = result.map_err(|error| self.mismatch(&sql, "columns", error))?;
        let found: Vec<&str> = result.schema.fields().iter().map(|field| field.name().as_str()).collect();
        for column in table.complete_columns() {
            if !found.iter().any(|name| name.eq_ignore_ascii_case(&column.name)) {
                return Err(self.mismatch(&sql, format!("column `{}`", column.name), found.join(", ")));
            }
        }
        let is_unknown = |name: &&&str| name.starts_with("_dlt") && !table.columns.contains_key(**name);
        match found.iter().find(is_unknown) {
            Some(name) => Err(self.mismatch(&sql, "no system columns beyond the schema", name)),
            None => Ok(()),
        }
    }
}

/// Returns queries of the violations in `table`.
fn queries(dialect: &dyn Dialect, schema: &Schema, table: &Table) -> Vec<String> {
    let (name, root) = (dialect.quote(&table.name), schema.root_of(&table.name));
    let problem = |what: &str| dialect.text_literal(&format!("{what} in `{}`", table.name));
    let within = |column: &str, of: &str, referred: &str| {
        let (problem, of) = (problem(&format!("a dangling {column}")), dialect.quote(of));
        format!(
            "SELECT {problem} AS problem, {column} AS id FROM {name} \
             WHERE {column} IS NULL OR {column} NOT IN (SELECT {referred} FROM {of})"
        )
    };
    let mut queries = vec![match &table.parent {
        None => within(DLT_LOAD_ID_COLUMN, LOADS_TABLE, "load_id"),
        Some(parent) => within(DLT_PARENT_ID_COLUMN, parent, DLT_ID_COLUMN),
    }];
    if table.parent.is_some() && table.columns.contains_key(DLT_ROOT_ID_COLUMN) {
        queries.push(within(DLT_ROOT_ID_COLUMN, root, DLT_ID_COLUMN));
    }
    let is_versioned = schema.write_disposition(root) == WriteDisposition::Merge
        && schema.tables.get(root).is_some_and(|root| root.merge_strategy() == Ok(MergeStrategy::Scd2));
    // A version that begins again has the same id.
    if table.parent.is_some() || !is_versioned {
        let problem = problem("a duplicate id");
        queries.push(format!(
            "SELECT {problem} AS problem, {DLT_ID_COLUMN} AS id FROM {name} GROUP BY {DLT_ID_COLUMN} HAVING count(*) > 1"
        ));
    }
    queries
}
