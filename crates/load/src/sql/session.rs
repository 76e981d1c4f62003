//! Sessions: connections that execute the statements of loads.

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

/// The rows of a query, each with its cells as text; `None` for null.
pub type TextRows = Vec<Vec<Option<String>>>;

/// An open connection. Dropping it closes the connection, which rolls an open transaction back.
///
/// A method returns [`LoadError::Cancelled`] if the load was cancelled while it executed a statement.
#[expect(async_fn_in_trait, reason = "only adapters implement it, and each knows whether its futures must be `Send`")]
pub trait SqlSession {
    /// Returns the location of the destination for messages, without secrets.
    fn location(&self) -> &str;

    /// Returns the name of the database if names of tables must contain it.
    fn database(&self) -> Option<&str>;

    /// Begins a transaction.
    async fn begin(&mut self) -> Result<(), LoadError>;

    /// Executes a statement.
    async fn execute(&mut self, statement: &Statement) -> Result<(), LoadError>;

    /// Commits the transaction. A cancelled load does not end this before the outcome of the commit is known, unless the
    /// connection is lost.
    async fn commit(&mut self) -> Result<(), LoadError>;

    /// Executes queries whose columns are text, in one round trip if possible. Returns the rows of each query.
    async fn read(&mut self, step: &str, queries: &[String]) -> Result<Vec<TextRows>, LoadError>;

    /// Executes queries like [`read`](SqlSession::read), but outside a transaction. Returns `None` for a query of a table or
    /// dataset that does not exist.
    async fn read_existing(&mut self, step: &str, queries: &[String]) -> Result<Vec<Option<TextRows>>, LoadError>;

    /// Writes all rows of a table.
    async fn write(&mut self, target: &RowTarget, rows: TableBatches) -> Result<(), LoadError>;
}
