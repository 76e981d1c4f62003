//! How many rows each table has.

use catchment_schema::{DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN};

use super::Catalog;
use crate::QueryResult;
use crate::quote::{quote, text_literal};

impl Catalog {
    /// The query of how many rows each data table has, for [`Catalog::parse_row_counts`]; none where there are no tables.
    pub fn row_counts_sql(&self) -> Option<String> {
        union(self.data_tables().map(|table| count(table, "")))
    }

    /// The query of how many rows came with one load, for [`Catalog::parse_row_counts`]: those of root tables by their load id,
    /// those of child tables by the rows that they belong to. None where no table has rows of a load.
    ///
    /// Which table is whose child is known from the stored schemas ([`Catalog::with_parents`]); child tables that none of
    /// them has are left out.
    pub fn load_row_counts_sql(&self, load_id: &str) -> Option<String> {
        let of_load = |table| Some(count(table, &format!(" WHERE {}", self.is_of_load(table, load_id)?)));
        union(self.data_tables().filter_map(of_load))
    }

    /// The tables with their rows, of what either query has answered, in the order of the tables.
    pub fn parse_row_counts(&self, answer: &QueryResult) -> Vec<(String, u64)> {
        let rows_of = |table| {
            let mut counts = answer.str_column("table_name").zip(answer.i64_column("row_count"));
            let (_, rows) = counts.find(|(name, _)| *name == Some(table))?;
            Some((table.to_owned(), u64::try_from(rows?).ok()?))
        };
        self.data_tables().filter_map(rows_of).collect()
    }

    /// The condition that a row of `table` came with the load.
    fn is_of_load(&self, table: &str, load_id: &str) -> Option<String> {
        let mut parents = Vec::new();
        let mut name = table;
        while !self.has_columns(name, &[DLT_LOAD_ID_COLUMN]) {
            let parent = self.entry(name)?.parent.as_deref()?;
            // A foreign schema could hold a ring.
            let is_ring = parents.contains(&parent);
            if is_ring || !self.has_columns(name, &[DLT_PARENT_ID_COLUMN]) || !self.has_columns(parent, &[DLT_ID_COLUMN]) {
                return None;
            }
            parents.push(parent);
            name = parent;
        }
        let of_root = format!("{} = {}", quote(DLT_LOAD_ID_COLUMN), text_literal(load_id));
        let below = |condition, parent: &str| {
            format!(
                "{} IN (SELECT {} FROM {} WHERE {condition})",
                quote(DLT_PARENT_ID_COLUMN),
                quote(DLT_ID_COLUMN),
                quote(parent)
            )
        };
        Some(parents.into_iter().rev().fold(of_root, below))
    }
}

fn count(table: &str, condition: &str) -> String {
    format!("SELECT {} AS table_name, count(*) AS row_count FROM {}{condition}", text_literal(table), quote(table))
}

fn union(counts: impl Iterator<Item = String>) -> Option<String> {
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join(" UNION ALL "))
}
