//! The script that applies a package in one transaction, as text.

use catchment_load::sql::{DatasetName, Dialect as _, Statement};
use catchment_load::{ApplyStep, LoadPlan};
use catchment_schema::LOADS_TABLE;

use crate::dialect::BigQueryDialect;

/// The table whose row all first loads of a dataset update, so that BigQuery ends all but one of them. It expires.
pub(crate) const LOCK_TABLE: &str = "_catchment_staging_lock";

/// The loads that a dataset has when a load is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LoggedLoads {
    /// The number of loads.
    pub(crate) count: u64,
    /// The greatest load id.
    pub(crate) last: Option<String>,
}

/// A script with the steps of its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) sql: String,
    /// The number of the line at which each step begins, from 1.
    steps: Vec<(usize, String)>,
}

impl Script {
    /// Creates the script that creates and changes tables, which transactions cannot. Like the transaction, it changes
    /// nothing if the dataset has other loads than `loads`.
    pub(crate) fn definition(dataset: &DatasetName, loads: &LoggedLoads, plan: &LoadPlan) -> Script {
        let mut script = Script { sql: String::new(), steps: Vec::new() };
        if loads.last.is_none() {
            script.push(&create_lock_table(dataset));
        }
        plan.prepare.iter().for_each(|statement| script.push(statement));
        if plan.evolve.is_empty() {
            return script;
        }
        script.begin_if_unchanged(dataset, loads);
        plan.evolve.iter().for_each(|statement| script.push(statement));
        script.sql.push_str("END IF;\n");
        script
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    fn begin_if_unchanged(&mut self, dataset: &DatasetName, loads: &LoggedLoads) {
        let table = dataset.table(&BigQueryDialect, LOADS_TABLE);
        self.sql.push_str(&format!("IF (SELECT COUNT(*) FROM {table}) = {} THEN\n", loads.count));
    }

    /// Creates the transaction that changes the rows of a dataset. It changes nothing if the dataset has other loads than
    /// `loads`, which the plan is for: then either this load is among them, or the plan is outdated.
    pub(crate) fn transaction(dataset: &DatasetName, load_id: &str, loads: &LoggedLoads, plan: &LoadPlan) -> Script {
        let table = dataset.table(&BigQueryDialect, LOADS_TABLE);
        // Inserts of several transactions do not conflict, so that each also updates a row that all update.
        let conflict = match &loads.last {
            Some(last) => {
                format!("UPDATE {table} SET status = status WHERE load_id = {}", BigQueryDialect.text_literal(last))
            }
            None => {
                let lock = dataset.table(&BigQueryDialect, LOCK_TABLE);
                format!("UPDATE {lock} SET load_id = {} WHERE TRUE", BigQueryDialect.text_literal(load_id))
            }
        };
        let mut script = Script { sql: String::new(), steps: Vec::new() };
        plan.declare.iter().for_each(|statement| script.push(statement));
        script.push(&Statement::new("begin a transaction", "BEGIN TRANSACTION"));
        script.push(&Statement::new("exclude other loads", conflict));
        script.begin_if_unchanged(dataset, loads);
        for step in &plan.apply {
            if let ApplyStep::Execute(statement) = step {
                script.push(statement);
            }
        }
        plan.confirm.iter().for_each(|statement| script.push(statement));
        script.sql.push_str("END IF;\n");
        script.push(&Statement::new("commit", "COMMIT TRANSACTION"));
        script
    }

    fn push(&mut self, statement: &Statement) {
        self.steps.push((self.sql.matches('\n').count() + 1, statement.step.clone()));
        self.sql.push_str(&statement.sql);
        self.sql.push_str(";\n");
    }

    /// Returns the step of the line that the message of an error ends with: `… at [LINE:COLUMN]`.
    pub(crate) fn failed_step(&self, message: &str) -> Option<&str> {
        let line: usize = message.rsplit_once('[')?.1.split_once(':')?.0.parse().ok()?;
        self.steps.iter().rev().find(|(first, _)| *first <= line).map(|(_, step)| step.as_str())
    }
}

/// Creates [`LOCK_TABLE`].
fn create_lock_table(dataset: &DatasetName) -> Statement {
    let table = dataset.table(&BigQueryDialect, LOCK_TABLE);
    let options = "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR))";
    Statement::new("create the lock", format!("CREATE TABLE IF NOT EXISTS {table} {options} AS SELECT '' AS load_id"))
}

/// Queries the loads of a dataset: their number and the greatest load id.
pub(crate) fn select_loads(dataset: &DatasetName) -> String {
    format!("SELECT CAST(COUNT(*) AS STRING), MAX(load_id) FROM {}", dataset.table(&BigQueryDialect, LOADS_TABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> LoadPlan {
        let step = |step: &str, sql: &str| Statement::new(step, sql);
        LoadPlan {
            stage: Vec::new(),
            prepare: Vec::new(),
            evolve: Vec::new(),
            declare: Vec::new(),
            apply: vec![
                ApplyStep::Execute(step("insert rows into table `a`", "INSERT INTO a\nSELECT 1")),
                ApplyStep::Execute(step("insert rows into table `b`", "INSERT INTO b SELECT 2")),
            ],
            confirm: vec![step("insert a row into `_dlt_loads`", "INSERT INTO l VALUES (3)")],
            changed: std::collections::BTreeSet::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_transaction_changes_nothing_if_other_loads_were_logged() {
        let dataset = DatasetName::new(&BigQueryDialect, None, "d");
        let loads = LoggedLoads { count: 7, last: Some("1.5".to_owned()) };
        let script = Script::transaction(&dataset, "2.5", &loads, &plan());
        insta::assert_snapshot!(script.sql, @r#"
        BEGIN TRANSACTION;
        UPDATE `d`.`_dlt_loads` SET status = status WHERE load_id = '1.5';
        IF (SELECT COUNT(*) FROM `d`.`_dlt_loads`) = 7 THEN
        INSERT INTO a
        SELECT 1;
        INSERT INTO b SELECT 2;
        INSERT INTO l VALUES (3);
        END IF;
        COMMIT TRANSACTION;
        "#);
        let first = Script::transaction(&dataset, "2.5", &LoggedLoads::default(), &plan());
        insta::assert_snapshot!(first.sql.lines().nth(1).unwrap(), @r#"UPDATE `d`.`_catchment_staging_lock` SET load_id = '2.5' WHERE TRUE;"#);
        insta::assert_snapshot!(create_lock_table(&dataset).sql, @r#"CREATE TABLE IF NOT EXISTS `d`.`_catchment_staging_lock` OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)) AS SELECT '' AS load_id"#);
    }

    #[test]
    fn errors_name_the_step_of_their_line() {
        let dataset = DatasetName::new(&BigQueryDialect, None, "d");
        let script = Script::transaction(&dataset, "2.5", &LoggedLoads::default(), &plan());
        let check = |message: &str, expected: Option<&str>| assert_eq!(script.failed_step(message), expected, "{message}");
        check("Division by zero at [5:1]", Some("insert rows into table `a`"));
        check("Division by zero at [6:20]", Some("insert rows into table `b`"));
        check("Division by zero at [1:1]", Some("begin a transaction"));
        check("Division by zero", None);
    }
}
