//! The root tables that earlier transactions of an unfinished load have changed.
//!
//! A load that changes more tables than a transaction can is divided. Each transaction also records what it has changed, so
//! that a repeated load continues after it. The last one deletes these records.

use catchment_load::sql::{DatasetName, Dialect as _, Statement};

use crate::dialect::BigQueryDialect;

/// The table of the records. It remains in a dataset with a divided load.
pub(crate) const APPLIED_TABLE: &str = "_catchment_applied";

pub(crate) fn create_table(dataset: &DatasetName) -> Statement {
    let table = dataset.table(&BigQueryDialect, APPLIED_TABLE);
    let columns = "load_id STRING NOT NULL, table_name STRING NOT NULL";
    Statement::new(format!("create table `{APPLIED_TABLE}`"), format!("CREATE TABLE IF NOT EXISTS {table} ({columns})"))
}

/// Queries the root tables of a load.
pub(crate) fn select(dataset: &DatasetName, load_id: &str) -> String {
    let table = dataset.table(&BigQueryDialect, APPLIED_TABLE);
    format!("SELECT table_name FROM {table} WHERE load_id = {}", BigQueryDialect.text_literal(load_id))
}

/// Returns the condition that none of `roots` is recorded.
pub(crate) fn none_of<'r>(dataset: &DatasetName, load_id: &str, roots: impl Iterator<Item = &'r str>) -> String {
    let roots: Vec<String> = roots.map(|root| BigQueryDialect.text_literal(root)).collect();
    format!("NOT EXISTS ({} AND table_name IN ({}))", select(dataset, load_id), roots.join(", "))
}

/// Records `roots`.
pub(crate) fn insert<'r>(dataset: &DatasetName, load_id: &str, roots: impl Iterator<Item = &'r str>) -> Statement {
    let table = dataset.table(&BigQueryDialect, APPLIED_TABLE);
    let load_id = BigQueryDialect.text_literal(load_id);
    let rows: Vec<String> = roots.map(|root| format!("({load_id}, {})", BigQueryDialect.text_literal(root))).collect();
    Statement::new("record the changed tables", format!("INSERT INTO {table} (load_id, table_name) VALUES {}", rows.join(", ")))
}

/// Deletes the records of a load.
pub(crate) fn delete(dataset: &DatasetName, load_id: &str) -> Statement {
    let table = dataset.table(&BigQueryDialect, APPLIED_TABLE);
    let sql = format!("DELETE FROM {table} WHERE load_id = {}", BigQueryDialect.text_literal(load_id));
    Statement::new("delete the records of changed tables", sql)
}
