//! A table of a dataset, and which of its rows.

use catchment_json::Value;
use catchment_load::{Operator, QueryResult, Relation, SortDirection};
use catchment_run::RunError;

use crate::Dataset;

/// Rows of a table of a [`Dataset`], to be narrowed down step by step. Nothing is read before [`TableQuery::fetch`].
///
/// Columns are named as they are in the dataset or as the keys that they came from: `user_id` or `userID`.
#[derive(Clone)]
#[must_use = "nothing is read until it is fetched"]
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

    /// [`Relation::select`]: these columns only.
    pub fn select<C: Into<String>>(self, columns: impl IntoIterator<Item = C>) -> TableQuery {
        self.map(|relation| relation.select(columns))
    }

    /// [`Relation::filter`]: the rows whose `column` compares so with `value`.
    pub fn filter(self, column: impl Into<String>, operator: Operator, value: impl Into<Value>) -> TableQuery {
        self.map(|relation| relation.filter(column, operator, value))
    }

    /// [`Relation::filter_in`]: the rows whose `column` is one of `values`.
    pub fn filter_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> TableQuery {
        self.map(|relation| relation.filter_in(column, values))
    }

    /// [`Relation::filter_not_in`]: the rows whose `column` is none of `values`.
    pub fn filter_not_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> TableQuery {
        self.map(|relation| relation.filter_not_in(column, values))
    }

    /// [`Relation::order_by`]: the rows sorted by `column`.
    pub fn order_by(self, column: impl Into<String>, direction: SortDirection) -> TableQuery {
        self.map(|relation| relation.order_by(column, direction))
    }

    /// [`Relation::limit`]: at most the first `rows` rows.
    pub fn limit(self, rows: u64) -> TableQuery {
        self.map(|relation| relation.limit(rows))
    }

    /// [`Relation::min`]: the least value of `column`.
    pub fn min(self, column: impl Into<String>) -> TableQuery {
        self.map(|relation| relation.min(column))
    }

    /// [`Relation::max`]: the greatest value of `column`.
    pub fn max(self, column: impl Into<String>) -> TableQuery {
        self.map(|relation| relation.max(column))
    }

    /// The rows, as Arrow.
    ///
    /// # Errors
    ///
    /// Where the dataset has no such table or column ([`UnknownName`](catchment_load::UnknownName), with those that it
    /// has), where a value cannot be compared with the column, and those of [`Dataset::query`].
    pub async fn fetch(self) -> Result<QueryResult, RunError> {
        self.dataset.fetch(self.relation).await
    }
}
