//! The statements of this crate. They are recognized by their form, not executed as SQL.

use super::dataset::{Dataset, JobError, Table};

type Rows = Vec<Vec<Option<String>>>;

/// Executes a script. One with a transaction has no effect if it fails.
pub(super) fn run(dataset: &mut Dataset, sql: &str, now: u64) -> Result<(), JobError> {
    let mut changed = dataset.clone();
    let result = run_statements(&mut changed, sql, now);
    if result.is_ok() || !sql.starts_with("BEGIN TRANSACTION") {
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
            let count = condition.rsplit(' ').next().and_then(|count| count.parse().ok());
            is_skipped = Some(dataset.loads.len()) != count;
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

fn run_statement(dataset: &mut Dataset, statement: &str, now: u64) -> Result<(), JobError> {
    let table = table_name(statement).to_owned();
    if statement.starts_with("CREATE TABLE IF NOT EXISTS ") {
        let created = Table { creation_time: now, columns: columns(statement), ..Table::default() };
        dataset.tables.entry(table).or_insert(created);
        return Ok(());
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
    let found = if sql.starts_with("SELECT CAST(COUNT(*) AS STRING), MAX(load_id)") {
        vec![vec![Some(dataset.loads.len().to_string()), dataset.loads.iter().max().cloned()]]
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

/// Returns the columns of a `CREATE TABLE` statement, one per line.
fn columns(statement: &str) -> Vec<[String; 3]> {
    let column = |line: &str| {
        let (name, data_type) = line.trim().strip_prefix('`')?.trim_end_matches(',').split_once("` ")?;
        let nullable = if data_type.ends_with(" NOT NULL") { "NO" } else { "YES" };
        Some([name.to_owned(), data_type.trim_end_matches(" NOT NULL").to_owned(), nullable.to_owned()])
    };
    statement.lines().filter_map(column).collect()
}
