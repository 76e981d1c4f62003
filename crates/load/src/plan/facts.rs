//! Facts about the rows of a dataset that a plan depends on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::existing_tables::ExistingTables;
use crate::sql::{DatasetName, Dialect, Statement, select_any_row, select_beyond_double, select_without_root_id};

/// A fact about rows, which is true if a query returns any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// The table has rows.
    HasRows { table: String },
    /// The integer column has values that a double cannot represent exactly.
    ExceedsDouble { table: String, column: String },
    /// The table has rows without root ids, because an earlier load added the column but did not set it.
    LacksRootIds { table: String },
    /// Copying the table would lose indexes, constraints or defaults.
    CopyLosesSomething { table: String },
}

impl Fact {
    /// Returns the query. A row in its result means that the fact is true.
    pub(crate) fn query(&self, dialect: &dyn Dialect, dataset: &DatasetName, existing: &ExistingTables) -> Statement {
        let target = |table: &str| existing.target(dialect, dataset, table);
        match self {
            Fact::HasRows { table } => {
                Statement::new(format!("check for rows in table `{table}`"), select_any_row(dialect, &target(table)))
            }
            Fact::ExceedsDouble { table, column } => Statement::new(
                format!("widen column `{column}` of table `{table}`"),
                select_beyond_double(dialect, &target(table), column),
            ),
            Fact::LacksRootIds { table } => {
                Statement::new(format!("check the root ids of table `{table}`"), select_without_root_id(dialect, &target(table)))
            }
            Fact::CopyLosesSomething { table } => Statement::new(
                format!("list indexes and constraints of table `{table}`"),
                dialect.copy_losses_query(dataset, table).unwrap_or_else(|| "SELECT 'yes'".to_owned()),
            ),
        }
    }
}

/// The known facts, and those that a plan needed without knowing them.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    known: BTreeMap<Fact, bool>,
    unknown: RefCell<BTreeSet<Fact>>,
    /// The tables that the plan empties first, about whose rows no fact is true.
    emptied: Vec<String>,
}

impl Facts {
    /// Creates facts about a dataset in which the plan first empties the tables `emptied`.
    pub(crate) fn with_emptied(emptied: &[String]) -> Facts {
        Facts { emptied: emptied.to_vec(), ..Facts::default() }
    }

    /// Returns whether a fact is true. An unknown fact is recorded and counts as false for now.
    pub(crate) fn is_true(&self, fact: Fact) -> bool {
        if let Fact::HasRows { table } | Fact::ExceedsDouble { table, .. } = &fact
            && self.emptied.contains(table)
        {
            return false;
        }
        match self.known.get(&fact) {
            Some(is_true) => *is_true,
            None => {
                self.unknown.borrow_mut().insert(fact);
                false
            }
        }
    }

    /// Adds a fact.
    pub(crate) fn insert(&mut self, fact: Fact, is_true: bool) {
        self.known.insert(fact, is_true);
    }

    /// Removes and returns the recorded unknown facts.
    pub(crate) fn take_unknown(&self) -> BTreeSet<Fact> {
        self.unknown.take()
    }
}
