//! Scripts of statements, as text.

use catchment_load::sql::{DatasetName, Statement};
use catchment_schema::LOADS_TABLE;

use crate::dialect::BigQueryDialect;

/// The maximum length of a script in bytes: <https://cloud.google.com/bigquery/quotas#query_jobs>.
pub(crate) const MAX_SCRIPT: usize = 1 << 20;

/// The loads that a dataset has when a load is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LoggedLoads {
    /// The number of loads, complete or not.
    pub(crate) count: u64,
    /// The number of complete loads, which only grows.
    pub(crate) complete: u64,
    /// The greatest load id.
    pub(crate) last: Option<String>,
}

/// A script with the steps of its statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) sql: String,
    /// The number of the line at which each step begins, from 1.
    steps: Vec<(usize, String)>,
}

impl Script {
    pub(crate) fn is_empty(&self) -> bool {
        self.sql.is_empty()
    }

    pub(crate) fn push(&mut self, statement: &Statement) {
        self.steps.push((self.sql.matches('\n').count() + 1, statement.step.clone()));
        self.sql.push_str(&statement.sql);
        self.sql.push_str(";\n");
    }

    /// Begins a block that is executed if the dataset has the same loads as when the plan was made, and `condition` is true.
    pub(crate) fn begin_if_unchanged(&mut self, dataset: &DatasetName, loads: &LoggedLoads, condition: Option<&str>) {
        let table = dataset.table(&BigQueryDialect, LOADS_TABLE);
        let LoggedLoads { count, complete, .. } = loads;
        let is_unchanged = format!("(SELECT COUNT(*) = {count} AND COUNTIF(status = 0) = {complete} FROM {table})");
        let condition = condition.map(|condition| format!(" AND {condition}")).unwrap_or_default();
        self.sql.push_str(&format!("IF {is_unchanged}{condition} THEN\n"));
    }

    pub(crate) fn end_if(&mut self) {
        self.sql.push_str("END IF;\n");
    }

    /// Returns the step of the line that the message of an error ends with: `… at [LINE:COLUMN]`.
    pub(crate) fn failed_step(&self, message: &str) -> Option<&str> {
        let line: usize = message.rsplit_once('[')?.1.split_once(':')?.0.parse().ok()?;
        self.steps.iter().rev().find(|(first, _)| *first <= line).map(|(_, step)| step.as_str())
    }
}

/// Queries the loads of a dataset: their number, that of complete ones, and the greatest load id.
pub(crate) fn select_loads(dataset: &DatasetName) -> String {
    let table = dataset.table(&BigQueryDialect, LOADS_TABLE);
    format!("SELECT CAST(COUNT(*) AS STRING), CAST(COUNTIF(status = 0) AS STRING), MAX(load_id) FROM {table}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_step_of_their_line() {
        let mut script = Script::default();
        script.push(&Statement::new("begin a transaction", "BEGIN TRANSACTION"));
        script.begin_if_unchanged(&DatasetName::new(&BigQueryDialect, None, "d"), &LoggedLoads::default(), None);
        script.push(&Statement::new("insert rows into table `a`", "INSERT INTO a\nSELECT 1"));
        script.push(&Statement::new("insert rows into table `b`", "INSERT INTO b SELECT 2"));
        script.end_if();
        let check = |message: &str, expected: Option<&str>| assert_eq!(script.failed_step(message), expected, "{message}");
        check("Division by zero at [4:1]", Some("insert rows into table `a`"));
        check("Division by zero at [5:20]", Some("insert rows into table `b`"));
        check("Division by zero at [1:1]", Some("begin a transaction"));
        check("Division by zero", None);
    }
}
