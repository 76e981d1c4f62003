//! The statements of this crate. They are recognized by their form, not executed as SQL.

use super::dataset::{Dataset, JobError, Table};

/// The table of the root tables that transactions have changed.
const APPLIED: &str = "_catchment_applied";

type Rows = Vec<Vec<Option<String>>>;

/// Executes a script. One with a transaction has no effect if it fails.
pub(super) fn run(dataset: &mut Dataset, sql: &str, now: u64) -> Result<(), JobError> {
    let mut changed = dataset.clone();
    let result = run_statements(&mut changed, sql, now);
    if result.is_ok() || !sql.contains("BEGIN TRANSACTION;\n") {
        *dataset = changed;
    }
    result
}

fn run_statements(dataset: &mut Dataset, sql: &str, now: u64) -> Result<(), JobError> {
    let mut is_skipped = false;
    for statement in sql.split(";\n") {
        let mut statement = statement;
        if let Some((condition, first)) = statement.strip_prefix("IF ").and_then(|rest| rest.split_once(" THEN\n")) {
            dataset.table("_dlt_loads")?;
            is_skipped = !is_true(dataset, condition)?;
            statement = first;
        }
        match statement {
            "" | "BEGIN TRANSACTION" | "COMMIT TRANSACTION" => {}
            "END IF" => is_skipped = false,
            _ if is_skipped => {}
            _ => run_statement(dataset, statement, now)?,
        }
    }
    Ok(())
}

/// Returns whether the dataset has the expected number of loads, and none of the root tables is recorded as changed.
fn is_true(dataset: &mut Dataset, condition: &str) -> Result<bool, JobError> {
    let (counts, unrecorded) = condition.split_once(" AND NOT EXISTS ").unwrap_or((condition, ""));
    let (all, complete) = (dataset.logged().count(), dataset.loads.len());
    let is_unchanged = counts.starts_with(&format!("(SELECT COUNT(*) = {all} AND COUNTIF(status = 0) = {complete} FROM "));
    if !unrecorded.is_empty() {
        dataset.table(APPLIED)?;
    }
    let (load_id, roots) = (literal(unrecorded, "load_id = "), unrecorded.split_once(" IN (").map_or("", |(_, roots)| roots));
    let is_recorded = dataset.applied.iter().any(|[of, _, root]| of == load_id && roots.contains(&format!("'{root}'")));
    Ok(is_unchanged && !is_recorded)
}

fn run_statement(dataset: &mut Dataset, statement: &str, now: u64) -> Result<(), JobError> {
    let table = table_name(statement).to_owned();
    if statement.starts_with("CREATE TABLE IF NOT EXISTS ") {
        let created = Table { creation_time: now, columns: columns(statement), ..Table::default() };
        dataset.tables.entry(table).or_insert(created);
        return Ok(());
    }
    if table == APPLIED && statement.starts_with("INSERT INTO ") {
        let texts: Vec<&str> = statement.split('\'').skip(1).step_by(2).collect();
        dataset.applied.extend(texts.chunks(3).map(|row| [row[0], row[1], row[2]].map(str::to_owned)));
        return dataset.table(&table).map(drop);
    }
    if table == APPLIED && statement.starts_with("DELETE FROM ") {
        dataset.applied.retain(|[load_id, ..]| load_id != literal(statement, "load_id = "));
        return dataset.table(&table).map(drop);
    }
    if table == "_dlt_loads" && statement.ends_with(", 1, CURRENT_TIMESTAMP())") {
        dataset.unfinished.push(literal(statement, "VALUES (").to_owned());
        return dataset.table(&table).map(drop);
    }
    if table == "_dlt_loads" && statement.ends_with(" AND status = 1") {
        dataset.unfinished.retain(|load_id| load_id != literal(statement, "load_id = "));
        return dataset.table(&table).map(drop);
    }
    if statement.starts_with("INSERT INTO ") {
        let rows = match statement.rsplit_once(" FROM ") {
            Some((_, source)) => dataset.table(table_name(source))?.rows,
            None => 1,
        };
        dataset.table(&table)?.rows += rows;
        if table == "_dlt_loads" {
            dataset.loads.push(literal(statement, "VALUES (").to_owned());
        }
        return Ok(());
    }
    match statement.split(' ').next() {
        Some("UPDATE" | "DELETE") => dataset.table(&table).map(drop),
        _ => Err(unknown(statement)),
    }
}

/// Returns the rows of a query.
pub(super) fn select(dataset: &mut Dataset, sql: &str) -> Result<Rows, JobError> {
    if sql.contains("INFORMATION_SCHEMA.COLUMNS") {
        return Ok(dataset.columns());
    }
    let (_, source) = sql.split_once(" FROM ").ok_or_else(|| unknown(sql))?;
    dataset.table(table_name(source))?;
    let found = if sql.starts_with("SELECT CAST(COUNT(*) AS STRING)") {
        let counts = [dataset.logged().count(), dataset.loads.len()].map(|count| Some(count.to_string()));
        vec![counts.into_iter().chain([dataset.logged().max().cloned()]).collect()]
    } else if sql.starts_with("SELECT load_id, table_name") {
        let pipeline = literal(sql, "pipeline_name = ");
        let of_pipeline = dataset.applied.iter().filter(|[_, of, _]| of == pipeline);
        of_pipeline.map(|[load_id, _, root]| vec![Some(load_id.clone()), Some(root.clone())]).collect()
    } else if sql.starts_with("SELECT load_id") {
        let load_id = literal(sql, "load_id = ");
        dataset.loads.iter().filter(|known| *known == load_id).map(|known| vec![Some(known.clone())]).collect()
    } else if sql.contains("max(inserted_at)") {
        vec![vec![None]]
    } else if sql.starts_with("SELECT `schema`") || sql.starts_with("SELECT s.state") {
        Vec::new()
    } else {
        return Err(unknown(sql));
    };
    Ok(found)
}

fn unknown(statement: &str) -> JobError {
    ("invalidQuery".to_owned(), format!("the model of the service does not know: {statement}"))
}

/// Returns the name of the first table, in backquotes after that of the dataset.
fn table_name(statement: &str) -> &str {
    statement.split('`').nth(3).unwrap_or_default()
}

/// Returns the text literal after `before`.
fn literal<'s>(statement: &'s str, before: &str) -> &'s str {
    statement.split_once(before).and_then(|(_, rest)| rest.split('\'').nth(1)).unwrap_or_default()
}

/// Returns the columns of a `CREATE TABLE` statement: those of rows are one per line.
fn columns(statement: &str) -> Vec<[String; 3]> {
    let column = |line: &str| {
        let (name, data_type) = line.trim().strip_prefix('`')?.trim_end_matches(',').split_once("` ")?;
        let nullable = if data_type.ends_with(" NOT NULL") { "NO" } else { "YES" };
        Some([name.to_owned(), data_type.trim_end_matches(" NOT NULL").to_owned(), nullable.to_owned()])
    };
    if table_name(statement) == APPLIED {
        return (["load_id", "pipeline_name", "table_name"].map(|name| [name, "STRING", "NO"].map(str::to_owned))).to_vec();
    }
    statement.lines().filter_map(column).collect()
}
