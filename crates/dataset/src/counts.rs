//! Row counts of tables.

use catchment_load::{Dialect, QueryResult};
use catchment_schema::{DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN};

use crate::Catalog;
use crate::catalog::texts;

impl Catalog {
    /// Returns the query of the row counts of all data tables, or `None` if the dataset has no data tables.
    ///
    /// [`Catalog::parse_row_counts`] parses its result.
    pub fn row_counts_sql(&self, dialect: &dyn Dialect) -> Option<String> {
        union(self.data_tables().map(|table| count(dialect, table, "")))
    }

    /// Returns the query of the row counts of one load, or `None` if no table stores load ids.
    ///
    /// Rows of root tables are counted by their load id, rows of child tables by their parent rows. Parent tables come from
    /// the stored schemas ([`Catalog::with_parents`]); child tables without a known parent are skipped.
    /// [`Catalog::parse_row_counts`] parses the result.
    pub fn load_row_counts_sql(&self, dialect: &dyn Dialect, load_id: &str) -> Option<String> {
        let of_load = |table| Some(count(dialect, table, &format!(" WHERE {}", self.is_of_load(dialect, table, load_id)?)));
        union(self.data_tables().filter_map(of_load))
    }

    /// Parses the result of a row count query. Returns the tables and their row counts in catalog order.
    pub fn parse_row_counts(&self, result: &QueryResult) -> Vec<(String, u64)> {
        let rows_of = |table| {
            let row_counts = result.i64_column("row_count").into_iter().flatten();
            let mut counts = texts(result, "table_name").zip(row_counts);
            let (_, rows) = counts.find(|(name, _)| *name == Some(table))?;
            Some((table.to_owned(), u64::try_from(rows?).ok()?))
        };
        self.data_tables().filter_map(rows_of).collect()
    }

    /// Returns the condition that a row of `table` belongs to the load, or `None` if its load is unknown.
    fn is_of_load(&self, dialect: &dyn Dialect, table: &str, load_id: &str) -> Option<String> {
        let mut parents = Vec::new();
        let mut name = table;
        while !self.has_columns(name, &[DLT_LOAD_ID_COLUMN]) {
            let parent = self.entry(name)?.parent.as_deref()?;
            // The schema of another tool could contain a cycle.
            let is_cycle = parents.contains(&parent);
            if is_cycle || !self.has_columns(name, &[DLT_PARENT_ID_COLUMN]) || !self.has_columns(parent, &[DLT_ID_COLUMN]) {
                return None;
            }
            parents.push(parent);
            name = parent;
        }
        let of_root = format!("{} = {}", dialect.quote(DLT_LOAD_ID_COLUMN), dialect.text_literal(load_id));
        let below = |condition, parent: &str| {
            format!(
                "{} IN (SELECT {} FROM {} WHERE {condition})",
                dialect.quote(DLT_PARENT_ID_COLUMN),
                dialect.quote(DLT_ID_COLUMN),
                dialect.quote(parent)
            )
        };
        Some(parents.into_iter().rev().fold(of_root, below))
    }
}

fn count(dialect: &dyn Dialect, table: &str, condition: &str) -> String {
    let (label, name) = (dialect.text_literal(table), dialect.quote(table));
    format!("SELECT {label} AS table_name, count(*) AS row_count FROM {name}{condition}")
}

fn union(counts: impl Iterator<Item = String>) -> Option<String> {
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join(" UNION ALL "))
}
