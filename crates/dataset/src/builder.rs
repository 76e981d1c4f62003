//! A builder for queries of one table.

use catchment_json::Value;

use crate::condition::{Condition, Operator, Test};
use catchment_load::Dialect;
use catchment_load::sql::quote_list;

/// The sort direction of rows. Null sorts last in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortDirection {
    /// Smallest value first.
    Ascending,
    /// Largest value first.
    Descending,
}

/// A query of one table. Building it executes nothing.
///
/// Names are quoted and not changed. [`Catalog::resolve`](crate::Catalog::resolve) replaces them with the names of the
/// tables and columns of a dataset.
///
/// ```
/// use catchment_dataset::{Operator, Relation, SortDirection};
/// use catchment_load::testing::StandardSql;
///
/// let newest = Relation::table("issues")
///     .select(["id", "title"])
///     .filter("state", Operator::Eq, "open")
///     .filter_not_in("user__login", ["bot", "ci"])
///     .order_by("updated_at", SortDirection::Descending)
///     .limit(5);
/// assert_eq!(
///     newest.to_sql(&StandardSql),
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
    /// The selected columns; empty selects all.
    Columns(Vec<String>),
    /// An aggregate function and its column.
    Aggregate(&'static str, String),
}

impl Relation {
    /// Creates a query of all columns and rows of a table.
    pub fn table(name: impl Into<String>) -> Relation {
        Relation {
            table: name.into(),
            output: Output::Columns(Vec::new()),
            conditions: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// Sets the columns and their order; an empty list selects all columns. Replaces an earlier selection.
    pub fn select<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Relation {
        self.output = Output::Columns(columns.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a condition that compares `column` with `value`: a string, a number, a bool, or `None` for null.
    ///
    /// A null in the column equals only null and matches no other comparison. Strings are converted to the type of the
    /// column, so `"2024-02-29T12:00:00Z"` is a timestamp in a timestamp column. Numbers are not rounded.
    pub fn filter(self, column: impl Into<String>, operator: Operator, value: impl Into<Value>) -> Relation {
        self.with(column.into(), Test::Compare(operator, value.into()))
    }

    /// Adds the condition that `column` equals one of `values`. Null equals null.
    pub fn filter_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Relation {
        self.with(column.into(), Test::In(values.into_iter().map(Into::into).collect()))
    }

    /// Adds the condition that `column` has a value and equals none of `values`. Empty `values` match all rows.
    pub fn filter_not_in<V: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Relation {
        self.with(column.into(), Test::NotIn(values.into_iter().map(Into::into).collect()))
    }

    fn with(mut self, column: String, test: Test) -> Relation {
        self.conditions.push(Condition { column, test });
        self
    }

    /// Sorts the rows by `column`. Further calls add secondary sort keys.
    pub fn order_by(mut self, column: impl Into<String>, direction: SortDirection) -> Relation {
        self.order.push((column.into(), direction));
        self
    }

    /// Limits the result to the first `rows` rows. Replaces an earlier limit.
    pub fn limit(mut self, rows: u64) -> Relation {
        self.limit = Some(rows);
        self
    }

    /// Selects the minimum of `column`, under its name, as one row; null if no row has a value.
    pub fn min(mut self, column: impl Into<String>) -> Relation {
        self.output = Output::Aggregate("min", column.into());
        self
    }

    /// Selects the maximum of `column`, under its name, as one row; null if no row has a value.
    pub fn max(mut self, column: impl Into<String>) -> Relation {
        self.output = Output::Aggregate("max", column.into());
        self
    }

    /// Returns the SQL of the query.
    pub fn to_sql(&self, dialect: &dyn Dialect) -> String {
        let rows = self.rows(dialect);
        match &self.output {
            Output::Columns(columns) if columns.is_empty() => format!("SELECT * FROM {rows}"),
            Output::Columns(columns) => format!("SELECT {} FROM {rows}", quote_list(dialect, columns.iter().map(String::as_str))),
            Output::Aggregate(function, column) => {
                let (column, alias) = (dialect.quote(column), dialect.quote("rows"));
                format!("SELECT {function}({column}) AS {column} FROM (SELECT {column} FROM {rows}) AS {alias}")
            }
        }
    }

    /// Returns the SQL after `FROM`.
    fn rows(&self, dialect: &dyn Dialect) -> String {
        let mut sql = dialect.quote(&self.table);
        if !self.conditions.is_empty() {
            let conditions: Vec<String> = self.conditions.iter().map(|condition| condition.to_sql(dialect)).collect();
            sql += &format!(" WHERE {}", conditions.join(" AND "));
        }
        if !self.order.is_empty() {
            let direction = |direction: &SortDirection| match direction {
                SortDirection::Ascending => "ASC",
                SortDirection::Descending => "DESC",
            };
            let order: Vec<String> =
                self.order.iter().map(|(c, d)| format!("{} {} NULLS LAST", dialect.quote(c), direction(d))).collect();
            sql += &format!(" ORDER BY {}", order.join(", "));
        }
        if let Some(rows) = self.limit {
            sql += &format!(" LIMIT {rows}");
        }
        sql
    }

    /// Returns mutable references to all column names in the query.
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let output = match &mut self.output {
            Output::Columns(columns) => columns.as_mut_slice(),
            Output::Aggregate(_, column) => std::slice::from_mut(column),
        };
        let conditions = self.conditions.iter_mut().map(|condition| &mut condition.column);
        output.iter_mut().chain(conditions).chain(self.order.iter_mut().map(|(column, _)| column))
    }
}
