//! The root tables that earlier transactions of an unfinished load have changed.
//!
//! A load that changes more tables than a transaction can is divided. Each transaction also records what it has changed, so
//! that a repeated load continues after it. The first one also inserts a row into `_dlt_loads` with status 1, which other
//! loads notice. The last one replaces it, and deletes the records.

use std::collections::BTreeSet;

use catchment_load::sql::{DatasetName, Dialect as _, Statement, TextRows};
use catchment_schema::LOADS_TABLE;

use crate::dialect::BigQueryDialect;

/// The table of the records. It remains in a dataset with a divided load.
const APPLIED_TABLE: &str = "_catchment_applied";

/// The names of a load in its records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoadNames<'n> {
    pub(crate) load_id: &'n str,
    pub(crate) pipeline: &'n str,
    pub(crate) schema: &'n str,
}

pub(crate) fn create_table(dataset: &DatasetName) -> Statement {
    let columns = "load_id STRING NOT NULL, pipeline_name STRING NOT NULL, table_name STRING NOT NULL";
    let sql = format!("CREATE TABLE IF NOT EXISTS {} ({columns})", table(dataset));
    Statement::new(format!("create table `{APPLIED_TABLE}`"), sql)
}

/// Queries the load ids and root tables of unfinished loads of a pipeline.
pub(crate) fn select(dataset: &DatasetName, pipeline: &str) -> String {
    format!("SELECT load_id, table_name FROM {} WHERE pipeline_name = {}", table(dataset), literal(pipeline))
}

/// Returns the root tables of a load in the result of [`select`]. The error is the id of another load.
pub(crate) fn of_load(rows: TextRows, load_id: &str) -> Result<BTreeSet<String>, String> {
    let mut applied = BTreeSet::new();
    for row in rows {
        let mut cells = row.into_iter().flatten();
        let (Some(of), Some(root)) = (cells.next(), cells.next()) else { continue };
        if of != load_id {
            return Err(of);
        }
        applied.insert(root);
    }
    Ok(applied)
}

/// Returns the condition that none of `roots` is recorded.
pub(crate) fn none_of<'r>(dataset: &DatasetName, load_id: &str, roots: impl Iterator<Item = &'r str>) -> String {
    let roots: Vec<String> = roots.map(literal).collect();
    let of_load = format!("SELECT 1 FROM {} WHERE load_id = {}", table(dataset), literal(load_id));
    format!("NOT EXISTS ({of_load} AND table_name IN ({}))", roots.join(", "))
}

/// Records `roots`.
pub(crate) fn insert<'r>(dataset: &DatasetName, load: LoadNames<'_>, roots: impl Iterator<Item = &'r str>) -> Statement {
    let (load_id, pipeline) = (literal(load.load_id), literal(load.pipeline));
    let rows: Vec<String> = roots.map(|root| format!("({load_id}, {pipeline}, {})", literal(root))).collect();
    let sql = format!("INSERT INTO {} (load_id, pipeline_name, table_name) VALUES {}", table(dataset), rows.join(", "));
    Statement::new("record the changed tables", sql)
}

/// Inserts the row of an unfinished load into `_dlt_loads`. Readers ignore loads whose status is not 0.
pub(crate) fn begin_load(dataset: &DatasetName, load: LoadNames<'_>) -> Statement {
    let (load_id, schema) = (literal(load.load_id), literal(load.schema));
    let loads = dataset.table(&BigQueryDialect, LOADS_TABLE);
    let sql = format!(
        "INSERT INTO {loads} (load_id, schema_name, status, inserted_at) VALUES ({load_id}, {schema}, 1, CURRENT_TIMESTAMP())"
    );
    Statement::new("record the unfinished load", sql)
}

/// Deletes the records of a load.
pub(crate) fn delete(dataset: &DatasetName, load_id: &str) -> [Statement; 2] {
    let (loads, load_id) = (dataset.table(&BigQueryDialect, LOADS_TABLE), literal(load_id));
    let step = "delete the records of the unfinished load";
    [
        Statement::new(step, format!("DELETE FROM {} WHERE load_id = {load_id}", table(dataset))),
        Statement::new(step, format!("DELETE FROM {loads} WHERE load_id = {load_id} AND status = 1")),
    ]
}

fn table(dataset: &DatasetName) -> String {
    dataset.table(&BigQueryDialect, APPLIED_TABLE).to_string()
}

fn literal(text: &str) -> String {
    BigQueryDialect.text_literal(text)
}
