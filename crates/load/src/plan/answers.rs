//! Questions about the rows of a dataset that a plan depends on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::sql::{DatasetName, Dialect, Statement, select_any_row, select_beyond_double};

/// A question about rows, answered by whether a query returns any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    /// Whether the table has rows.
    HasRows { table: String },
    /// Whether the integer column has values that a double cannot represent exactly.
    ExceedsDouble { table: String, column: String },
    /// Whether copying the table would lose indexes, constraints or defaults.
    CopyLosesSomething { table: String },
}

impl Question {
    /// Returns the query. A row in its result means yes.
    pub(crate) fn query(&self, dialect: &dyn Dialect, dataset: &DatasetName) -> Statement {
        match self {
            Question::HasRows { table } => {
                Statement::new(format!("check for rows in table `{table}`"), select_any_row(&dataset.table(dialect, table)))
            }
            Question::ExceedsDouble { table, column } => Statement::new(
                format!("widen column `{column}` of table `{table}`"),
                select_beyond_double(dialect, &dataset.table(dialect, table), column),
            ),
            Question::CopyLosesSomething { table } => Statement::new(
                format!("list indexes and constraints of table `{table}`"),
                dialect.copy_losses_query(dataset, table).unwrap_or_else(|| "SELECT 'yes'".to_owned()),
            ),
        }
    }
}

/// The known answers, and the questions that a plan asked without one.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: BTreeMap<Question, bool>,
    open: RefCell<Vec<Question>>,
}

impl Answers {
    /// Returns the answer. An unanswered question is recorded, and its answer is no for now.
    pub(crate) fn ask(&self, question: Question) -> bool {
        match self.known.get(&question) {
            Some(answer) => *answer,
            None => {
                self.open.borrow_mut().push(question);
                false
            }
        }
    }

    /// Adds an answer.
    pub(crate) fn insert(&mut self, question: Question, answer: bool) {
        self.known.insert(question, answer);
    }

    /// Removes and returns the questions without an answer.
    pub(crate) fn take_open(&self) -> Vec<Question> {
        self.open.take()
    }
}
