//! A query of one table, put together step by step.

use catchment_json::Value;

use super::condition::{Condition, Operator, Test};
use crate::quote::{quote, quote_list};

/// The direction that rows are sorted in. Null comes last in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortDirection {
    /// The least value first.
    Ascending,
    /// The greatest value first.
    Descending,
}

/// A query of one table: which columns of which rows. Nothing is executed.
///
/// Names are written as they are given, and quoted. [`Catalog::resolve`](super::Catalog::resolve) looks them up among
/// those that a dataset has.
///
/// ```
/// use catchment_load::{SortDirection, Operator, Relation};
///
/// let newest = Relation::table("issues")
///     .select(["id", "title"])
///     .filter("state", Operator::Eq, "open")
///     .filter_not_in("user__login", ["bot", "ci"])
///     .order_by("updated_at", SortDirection::Descending)
///     .limit(5);
/// assert_eq!(
///     newest.to_sql(),
///     r#"SELECT "id", "title" FROM "issues" WHERE "state" = 'open' AND "user__login" NOT IN ('bot', 'ci') ORDER BY "updated_at" DESC NULLS LAST LIMIT 5"#
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a relation does nothing until its SQL is executed"]
pub struct Relation {
    pub(super) table: String,
    output: Output,
    conditions: Vec<Condition>,
    order: Vec<(String, SortDirection)>,
    limit: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
enum Output {
    /// These columns; all where there are none.
    Columns(Vec<String>),
    /// One value: what the function makes of a column.
    Aggregate(&'static str, String),
}

impl Relation {
    /// All columns of all rows of a table.
    pub fn table(name: impl Into<String>) -> Relation {
        Relation {
            table: name.into(),
            output: Output::Columns(Vec::new()),
            conditions: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// The same rows with these columns only, in this order; with all where `columns` is empty. The last selection
    /// counts.
    pub fn select<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Relation {
        self.output = Output::Columns(columns.into_iter().map(Into::into).collect());
        self
    }

    /// Those of the rows whose `column` compares so with `value`: a text, a number, a bool, or none for null.
    ///
    /// A row without a value is equal to null, and meets no other comparison. Texts are taken as the type of the
    /// column, so that `"2024-02-29T12:00:00Z"` is a point in time where the column has such. Numbers are not rounded.
    pub fn filter(self, column: impl Into<String>, operator: Operator, value: impl Into<Value>) -> Relation {
        self.with(column.into(), Test::Compare(operator, value.into()))
    }

    /// Those of the rows whose `column` is one of `values`. Null is equal to null.
    pub fn filter_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Relation {
        self.with(column.into(), Test::In(values.into_iter().map(Into::into).collect()))
    }

    /// Those of the rows whose `column` has a value that is none of `values`; all rows where there are no `values`.
    pub fn filter_not_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Relation {
        self.with(column.into(), Test::NotIn(values.into_iter().map(Into::into).collect()))
    }

    fn with(mut self, column: String, test: Test) -> Relation {
        self.conditions.push(Condition { column, test });
        self
    }

    /// The rows sorted by `column`. A further `order_by` sorts those that are equal by the earlier ones.
    pub fn order_by(mut self, column: impl Into<String>, direction: SortDirection) -> Relation {
        self.order.push((column.into(), direction));
        self
    }

    /// At most the first `rows` rows; the last limit counts.
    pub fn limit(mut self, rows: u64) -> Relation {
        self.limit = Some(rows);
        self
    }

    /// One row: the least value that the rows have in `column`, under its name; null where there is none.
    pub fn min(mut self, column: impl Into<String>) -> Relation {
        self.output = Output::Aggregate("min", column.into());
        self
    }

    /// One row: the greatest value that the rows have in `column`, under its name; null where there is none.
    pub fn max(mut self, column: impl Into<String>) -> Relation {
        self.output = Output::Aggregate("max", column.into());
        self
    }

    /// The query.
    pub fn to_sql(&self) -> String {
        let rows = self.rows();
        match &self.output {
            Output::Columns(columns) if columns.is_empty() => format!("SELECT * FROM {rows}"),
            Output::Columns(columns) => format!("SELECT {} FROM {rows}", quote_list(columns.iter().map(String::as_str))),
            Output::Aggregate(function, column) => {
                let column = quote(column);
                format!("SELECT {function}({column}) AS {column} FROM (SELECT {column} FROM {rows}) AS \"rows\"")
            }
        }
    }

    /// What comes after `FROM`.
    fn rows(&self) -> String {
        let mut sql = quote(&self.table);
        if !self.conditions.is_empty() {
            let conditions: Vec<String> = self.conditions.iter().map(Condition::to_string).collect();
            sql += &format!(" WHERE {}", conditions.join(" AND "));
        }
        if !self.order.is_empty() {
            let direction = |direction: &SortDirection| match direction {
                SortDirection::Ascending => "ASC",
                SortDirection::Descending => "DESC",
            };
            let order: Vec<String> =
                self.order.iter().map(|(c, d)| format!("{} {} NULLS LAST", quote(c), direction(d))).collect();
            sql += &format!(" ORDER BY {}", order.join(", "));
        }
        if let Some(rows) = self.limit {
            sql += &format!(" LIMIT {rows}");
        }
        sql
    }

    /// The names of columns in it.
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let output = match &mut self.output {
            Output::Columns(columns) => columns.as_mut_slice(),
            Output::Aggregate(_, column) => std::slice::from_mut(column),
        };
        let conditions = self.conditions.iter_mut().map(|condition| &mut condition.column);
        output.iter_mut().chain(conditions).chain(self.order.iter_mut().map(|(column, _)| column))
    }
}
