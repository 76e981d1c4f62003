//! Reading of datasets.

use super::DatasetName;
use crate::LoadError;

/// The rows of a query, each with its cells as text; `None` for null.
pub type TextRows = Vec<Vec<Option<String>>>;

/// Whether a dataset exists, and its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definitions {
    /// Whether the dataset exists.
    pub has_dataset: bool,
    /// The rows of [`Dialect::columns_query`](super::Dialect::columns_query).
    pub columns: TextRows,
}

/// Reads what a dataset contains.
///
/// A method returns [`LoadError::Cancelled`] if the load was cancelled while it executed a query.
#[expect(async_fn_in_trait, reason = "only adapters implement it, and each knows whether its futures must be `Send`")]
pub trait SqlReader {
    /// Returns the location of the destination for messages, without secrets.
    fn location(&self) -> &str;

    /// Returns the name of the database if names of tables must contain it.
    fn database(&self) -> Option<&str>;

    /// Reads which tables and columns a dataset has.
    async fn definitions(&mut self, dataset: &DatasetName) -> Result<Definitions, LoadError>;

    /// Executes queries whose columns are text, in one round trip if possible. Returns the rows of each query.
    async fn read(&mut self, step: &str, queries: &[String]) -> Result<Vec<TextRows>, LoadError>;

    /// Executes queries like [`read`](SqlReader::read), but outside a transaction. Returns `None` for a query of a table or
    /// dataset that does not exist.
    async fn read_existing(&mut self, step: &str, queries: &[String]) -> Result<Vec<Option<TextRows>>, LoadError>;
}
