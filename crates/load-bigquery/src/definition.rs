//! Scripts that create and change tables, which transactions cannot.

use catchment_load::LoadPlan;
use catchment_load::sql::{DatasetName, Statement};

use crate::applied_trees;
use crate::dialect::{BigQueryDialect, LOCK_TABLE};
use crate::script::{LoggedLoads, MAX_SCRIPT, Script};

/// The length in bytes after which statements go to another script. The rest is for one statement.
const FULL: usize = MAX_SCRIPT / 4;
const MAX_STATEMENT: usize = MAX_SCRIPT / 4 * 3 - 4096;

/// Returns the scripts that create and change the tables of a plan. Like the transactions, they change no table of rows if
/// the dataset has other loads than `loads`. The error is the reason why a statement is too long.
pub(crate) fn scripts(
    dataset: &DatasetName,
    loads: &LoggedLoads,
    plan: &LoadPlan,
    is_divided: bool,
) -> Result<Vec<Script>, String> {
    if let Some(long) = plan.evolve.iter().find(|statement| statement.sql.len() > MAX_STATEMENT) {
        return Err(format!(
            "the statement to {} has {} bytes, and BigQuery accepts scripts of 1 MiB: the table has too many columns; store nested \
             objects as JSON (`data_type: json` in `columns`, or `max_table_nesting`)",
            long.step,
            long.sql.len()
        ));
    }
    let mut script = Script::default();
    if loads.last.is_none() {
        script.push(&create_lock_table(dataset));
    }
    if is_divided {
        script.push(&applied_trees::create_table(dataset));
    }
    plan.prepare.iter().for_each(|statement| script.push(statement));
    let mut scripts = Vec::new();
    let mut statements = plan.evolve.iter().peekable();
    while statements.peek().is_some() {
        script.begin_if_unchanged(dataset, loads, None);
        while let Some(statement) = statements.next_if(|_| script.sql.len() < FULL) {
            script.push(statement);
        }
        script.end_if();
        scripts.push(std::mem::take(&mut script));
    }
    scripts.extend(Some(script).filter(|script| !script.is_empty()));
    Ok(scripts)
}

/// Creates [`LOCK_TABLE`].
fn create_lock_table(dataset: &DatasetName) -> Statement {
    let table = dataset.table(&BigQueryDialect, LOCK_TABLE);
    let options = "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR))";
    Statement::new("create the lock", format!("CREATE TABLE IF NOT EXISTS {table} {options} AS SELECT '' AS load_id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset() -> DatasetName {
        DatasetName::new(&BigQueryDialect, None, "d")
    }

    fn plan(statements: usize, length: usize) -> LoadPlan {
        let statement = |number| Statement::new(format!("create table `{number}`"), format!("{number}{}", "x".repeat(length)));
        LoadPlan {
            stage: Vec::new(),
            prepare: vec![Statement::new("create table `_dlt_loads`", "CREATE TABLE l")],
            evolve: (0..statements).map(statement).collect(),
            apply: Vec::new(),
            confirm: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn tables_are_defined_if_no_other_load_was_logged() {
        let text = |loads: &LoggedLoads, plan: &LoadPlan, is_divided| {
            let scripts = scripts(&dataset(), loads, plan, is_divided).unwrap();
            scripts.iter().map(|script| script.sql.as_str()).collect::<Vec<_>>().join("--\n")
        };
        insta::assert_snapshot!(text(&LoggedLoads::default(), &plan(1, 1), true), @r#"
        CREATE TABLE IF NOT EXISTS `d`.`_catchment_staging_lock` OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)) AS SELECT '' AS load_id;
        CREATE TABLE IF NOT EXISTS `d`.`_catchment_applied` (load_id STRING NOT NULL, pipeline_name STRING NOT NULL, table_name STRING NOT NULL);
        CREATE TABLE l;
        IF (SELECT COUNT(*) = 0 AND COUNTIF(status = 0) = 0 FROM `d`.`_dlt_loads`) THEN
        0x;
        END IF;
        "#);
        let loads = LoggedLoads { count: 7, complete: 6, last: Some("1.5".to_owned()) };
        insta::assert_snapshot!(text(&loads, &LoadPlan { prepare: Vec::new(), ..plan(2, 1) }, false), @r#"
        IF (SELECT COUNT(*) = 7 AND COUNTIF(status = 0) = 6 FROM `d`.`_dlt_loads`) THEN
        0x;
        1x;
        END IF;
        "#);
        assert_eq!(text(&loads, &LoadPlan { prepare: Vec::new(), ..plan(0, 1) }, false), "");
    }

    #[test]
    fn long_definitions_are_divided() {
        let loads = LoggedLoads { count: 7, complete: 6, last: Some("1.5".to_owned()) };
        let found = scripts(&dataset(), &loads, &plan(1, MAX_STATEMENT), false).unwrap_err();
        assert!(found.contains("the statement to create table `0` has"), "{found}");
        let scripts = scripts(&dataset(), &loads, &plan(30, 100_000), false).unwrap();
        assert!(scripts.len() > 4 && scripts.iter().all(|script| script.sql.len() < MAX_SCRIPT), "{}", scripts.len());
        let statements = scripts.iter().map(|script| script.sql.matches("xx;\n").count()).sum::<usize>();
        assert_eq!(statements, 30);
    }
}
