//! Sessions: connections that execute the statements of loads.

use super::SqlReader;
use crate::plan::RowTarget;
use crate::{LoadError, TableBatches};

/// A statement with the step that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The step with its table; completes "failed to …".
    pub step: String,
    /// The SQL.
    pub sql: String,
}

impl Statement {
    /// Creates a statement.
    pub fn new(step: impl Into<String>, sql: impl Into<String>) -> Statement {
        Statement { step: step.into(), sql: sql.into() }
    }
}

/// An open connection. Dropping it closes the connection, which rolls an open transaction back.
///
/// A method returns [`LoadError::Cancelled`] if the load was cancelled while it executed a statement.
#[expect(async_fn_in_trait, reason = "only adapters implement it, and each knows whether its futures must be `Send`")]
pub trait SqlSession: SqlReader {
    /// Begins a transaction.
    async fn begin(&mut self) -> Result<(), LoadError>;

    /// Executes a statement.
    async fn execute(&mut self, statement: &Statement) -> Result<(), LoadError>;

    /// Commits the transaction. A cancelled load does not end this before the outcome of the commit is known, unless the
    /// connection is lost.
    async fn commit(&mut self) -> Result<(), LoadError>;

    /// Writes all rows of a table.
    async fn write(&mut self, target: &RowTarget, rows: TableBatches) -> Result<(), LoadError>;
}
