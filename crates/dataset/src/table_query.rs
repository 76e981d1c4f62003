//! The type [`TableQuery`].

use catchment_json::Value;
use catchment_load::QueryResult;

use crate::{Dataset, DatasetError, Operator, Relation, SortDirection};

/// A query of one table of a [`Dataset`], executed by [`TableQuery::fetch`].
///
/// Accepts column names of the dataset and the keys that they were derived from: `user_id` or `userID`.
#[derive(Clone)]
#[must_use = "a query reads nothing until it is fetched"]
pub struct TableQuery {
    dataset: Dataset,
    relation: Relation,
}

impl TableQuery {
    pub(crate) fn new(dataset: Dataset, relation: Relation) -> TableQuery {
        TableQuery { dataset, relation }
    }

    fn map(self, change: impl FnOnce(Relation) -> Relation) -> TableQuery {
        TableQuery { dataset: self.dataset, relation: change(self.relation) }
    }

    /// Selects columns; see [`Relation::select`].
    pub fn select<C: Into<String>>(self, columns: impl IntoIterator<Item = C>) -> TableQuery {
        self.map(|relation| relation.select(columns))
    }

    /// Keeps rows whose `column` satisfies the comparison with `value`; see [`Relation::filter`].
    pub fn filter(self, column: impl Into<String>, operator: Operator, value: impl Into<Value>) -> TableQuery {
        self.map(|relation| relation.filter(column, operator, value))
    }

    /// Keeps rows whose `column` is one of `values`; see [`Relation::filter_in`].
    pub fn filter_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> TableQuery {
        self.map(|relation| relation.filter_in(column, values))
    }

    /// Keeps rows whose `column` is none of `values`; see [`Relation::filter_not_in`].
    pub fn filter_not_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> TableQuery {
        self.map(|relation| relation.filter_not_in(column, values))
    }

    /// Sorts rows by `column`; see [`Relation::order_by`].
    pub fn order_by(self, column: impl Into<String>, direction: SortDirection) -> TableQuery {
        self.map(|relation| relation.order_by(column, direction))
    }

    /// Limits the result to `rows` rows; see [`Relation::limit`].
    pub fn limit(self, rows: u64) -> TableQuery {
        self.map(|relation| relation.limit(rows))
    }

    /// Aggregates to the minimum of `column`; see [`Relation::min`].
    pub fn min(self, column: impl Into<String>) -> TableQuery {
        self.map(|relation| relation.min(column))
    }

    /// Aggregates to the maximum of `column`; see [`Relation::max`].
    pub fn max(self, column: impl Into<String>) -> TableQuery {
        self.map(|relation| relation.max(column))
    }

    /// Executes the query and returns its rows as Arrow record batches.
    ///
    /// # Errors
    ///
    /// Returns an error if the table or a column does not exist ([`UnknownName`](crate::UnknownName) lists the
    /// existing ones) or a value cannot be compared with its column, and the errors of [`Dataset::query`].
    pub async fn fetch(self) -> Result<QueryResult, DatasetError> {
        self.dataset.fetch(self.relation).await
    }
}
