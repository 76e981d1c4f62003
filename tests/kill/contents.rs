//! Contents of a dataset, without random values.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment::load::RestoreRequest;
use catchment::{CancellationToken, Dataset, Destination as _};
use tokio::runtime::Runtime;

use crate::place::Place;
use crate::scenario::Scenario;

/// The contents of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// The columns of all tables.
    pub(crate) columns: Vec<String>,
    /// The cursor and all rows, child rows with their parents. Empty if nothing was ever loaded.
    pub(crate) rows: Vec<String>,
}

impl Contents {
    /// Returns whether each column is as it was before or after a load.
    pub(crate) fn has_columns_of(&self, before: &Contents, after: &Contents) -> bool {
        self.columns.iter().all(|column| before.columns.contains(column) || after.columns.contains(column))
    }
}

/// Reads the contents of the dataset.
///
/// # Errors
///
/// Returns an error if the dataset is inconsistent: rows of loads that are not logged, loads that are logged twice, child
/// rows without a parent, duplicate row IDs.
pub(crate) fn read(scenario: Scenario, place: &Place) -> Result<Contents> {
    let engine = place.engine();
    if !place.has_default_schema()? {
        return Ok(Contents::default());
    }
    let columns = rows(place, engine.default_schema(), &engine.columns_query(place.database_name()))?;
    let is_loaded = if place.has_transactional_ddl()? { !columns.is_empty() } else { has_rows(place, &columns)? };
    if !is_loaded {
        return Ok(Contents { columns, rows: Vec::new() });
    }
    let [dataset, pipeline, schema] = ["d", "p", "items"].map(str::to_owned);
    let request = RestoreRequest { dataset, pipeline, schema, ..RestoreRequest::default() };
    let sources = Runtime::new()?.block_on(place.destination()?.restore(&request, &CancellationToken::new()))?.state;
    let cursor = sources.and_then(|state| state.resource("items", "items").cloned());
    let mut contents = Contents { columns, rows: vec![format!("cursor {cursor:?}")] };
    let ids = |table: &str| if scenario.has_stable_ids() { format!(", {table}._dlt_id") } else { String::new() };
    let lists = "items AS i JOIN items__lists AS l ON l._dlt_parent_id = i._dlt_id";
    for sql in [
        format!("SELECT i.id, i.changed, {}{} FROM items AS i ORDER BY 1, 2, 3", engine.row_text("i"), ids("i")),
        format!("SELECT i.id, i.changed, l._dlt_list_idx, l.place{} FROM {lists} ORDER BY 1, 2, 3", ids("l")),
        format!(
            "SELECT i.id, i.changed, l.place, n._dlt_list_idx, n.value{} FROM {lists} \
             JOIN items__lists__numbers AS n ON n._dlt_parent_id = l._dlt_id ORDER BY 1, 2, 3, 4",
            ids("n")
        ),
        "SELECT count(*) FROM items__lists UNION ALL SELECT count(*) FROM items__lists__numbers".to_owned(),
    ] {
        contents.rows.extend(rows(place, "d", &sql)?);
    }
    check_consistency(scenario, place)?;
    Ok(contents)
}

/// Returns whether any table has rows.
fn has_rows(place: &Place, columns: &[String]) -> Result<bool> {
    let tables: BTreeSet<_> = columns.iter().filter_map(|column| column.split(' ').nth(1)).collect();
    for table in tables {
        if !rows(place, "d", &format!("SELECT 1 FROM {table} LIMIT 1"))?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_consistency(scenario: Scenario, place: &Place) -> Result<()> {
    let mut faults = vec![
        ("rows of loads that are not logged", "SELECT id FROM items WHERE _dlt_load_id NOT IN (SELECT load_id FROM _dlt_loads)"),
        ("loads that are logged twice", "SELECT load_id FROM _dlt_loads GROUP BY 1 HAVING count(*) > 1"),
        ("lists without a row", "SELECT place FROM items__lists WHERE _dlt_parent_id NOT IN (SELECT _dlt_id FROM items)"),
        (
            "numbers without a list",
            "SELECT value FROM items__lists__numbers WHERE _dlt_parent_id NOT IN (SELECT _dlt_id FROM items__lists)",
        ),
        ("duplicate list ids", "SELECT _dlt_id FROM items__lists GROUP BY 1 HAVING count(*) > 1"),
        ("duplicate number ids", "SELECT _dlt_id FROM items__lists__numbers GROUP BY 1 HAVING count(*) > 1"),
        (
            "loads without their schema",
            "SELECT load_id FROM _dlt_loads WHERE schema_version_hash NOT IN (SELECT version_hash FROM _dlt_version)",
        ),
    ];
    // with scd2, a version that returns has its old id again
    if scenario != Scenario::Scd2 {
        faults.push(("duplicate row ids", "SELECT _dlt_id FROM items GROUP BY 1 HAVING count(*) > 1"));
    }
    for (fault, sql) in faults {
        let found = rows(place, "d", sql)?;
        ensure!(found.is_empty(), "{} {fault}: {}", found.len(), found.join("; "));
    }
    Ok(())
}

fn rows(place: &Place, dataset: &str, sql: &str) -> Result<Vec<String>> {
    let options = FormatOptions::default().with_null("-");
    let mut rows = Vec::new();
    let dataset = Dataset::new(place.destination()?, dataset);
    for batch in Runtime::new()?.block_on(dataset.query(sql))?.batches {
        for row in 0..batch.num_rows() {
            let cell = |column| -> Result<String> {
                place.engine().cell(ArrayFormatter::try_new(column, &options)?.value(row).to_string())
            };
            let cells = batch.columns().iter().map(|column| cell(column.as_ref())).collect::<Result<Vec<_>>>()?;
            rows.push(cells.join(" "));
        }
    }
    Ok(rows)
}
