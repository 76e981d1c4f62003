//! Contents of a dataset, without random values.

use anyhow::{Result, ensure};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use catchment::load::RestoreRequest;
use catchment::{CancellationToken, Dataset, Destination as _};
use tokio::runtime::Runtime;

use crate::place::Place;
use crate::scenario::Scenario;

/// The columns of all tables of all schemas.
const COLUMNS: &str = "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns \
                       WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2, ordinal_position";

/// Reads cursor, tables, columns and rows, child rows with their parents. Empty if nothing was ever loaded.
///
/// # Errors
///
/// Returns an error if the dataset is inconsistent: rows of loads that are not logged, loads that are logged twice, child
/// rows without a parent, duplicate row IDs.
pub(crate) fn read(scenario: Scenario, place: &Place) -> Result<Vec<String>> {
    if !place.has_database() || rows(place, place.default_schema(), COLUMNS)?.is_empty() {
        return Ok(Vec::new());
    }
    let [dataset, pipeline, schema] = ["d", "p", "items"].map(str::to_owned);
    let request = RestoreRequest { dataset, pipeline, schema, ..RestoreRequest::default() };
    let sources = Runtime::new()?.block_on(place.destination().restore(&request, &CancellationToken::new()))?.state;
    let cursor = sources.and_then(|state| state.resource("items", "items").cloned());
    let mut contents = vec![format!("cursor {cursor:?}")];
    let ids = |table: &str| if scenario.has_stable_ids() { format!(", {table}._dlt_id") } else { String::new() };
    let lists = "items AS i JOIN items__lists AS l ON l._dlt_parent_id = i._dlt_id";
    for sql in [
        COLUMNS.to_owned(),
        format!("SELECT i.id, i.changed, {}{} FROM items AS i ORDER BY 1, 2, 3", place.row_text("i"), ids("i")),
        format!("SELECT i.id, i.changed, l._dlt_list_idx, l.place{} FROM {lists} ORDER BY 1, 2, 3", ids("l")),
        format!(
            "SELECT i.id, i.changed, l.place, n._dlt_list_idx, n.value{} FROM {lists} \
             JOIN items__lists__numbers AS n ON n._dlt_parent_id = l._dlt_id ORDER BY 1, 2, 3, 4",
            ids("n")
        ),
        "SELECT count(*) FROM items__lists UNION ALL SELECT count(*) FROM items__lists__numbers".to_owned(),
    ] {
        contents.extend(rows(place, "d", &sql)?);
    }
    check_consistency(scenario, place)?;
    Ok(contents)
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
    let dataset = Dataset::new(place.destination(), dataset);
    for batch in Runtime::new()?.block_on(dataset.query(sql))?.batches {
        for row in 0..batch.num_rows() {
            let cell = |column| -> Result<String> { Ok(ArrayFormatter::try_new(column, &options)?.value(row).to_string()) };
            let cells = batch.columns().iter().map(|column| cell(column.as_ref())).collect::<Result<Vec<_>>>()?;
            rows.push(cells.join(" "));
        }
    }
    Ok(rows)
}
