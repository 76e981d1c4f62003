//! Conditions of queries.

use catchment_json::{Number, Value};
use catchment_load::Dialect;
use catchment_schema::{Column, DataType};

/// A comparison of the values of a column with a given value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal. Null equals null.
    Eq,
    /// Not equal. If the given value is null, matches every value.
    Ne,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
}

impl Operator {
    fn symbol(self) -> &'static str {
        match self {
            Operator::Eq => "=",
            Operator::Ne => "<>",
            Operator::Lt => "<",
            Operator::Le => "<=",
            Operator::Gt => ">",
            Operator::Ge => ">=",
        }
    }
}

/// A condition on a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) column: String,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Compare(Operator, Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
}

impl Condition {
    /// Returns the condition as SQL.
    pub(super) fn to_sql(&self, dialect: &dyn Dialect) -> String {
        let column = dialect.quote(&self.column);
        match &self.test {
            Test::Compare(Operator::Eq, Value::Null) => format!("{column} IS NULL"),
            Test::Compare(Operator::Ne, Value::Null) => format!("{column} IS NOT NULL"),
            Test::Compare(operator, value) => format!("{column} {} {}", operator.symbol(), literal(dialect, value)),
            // In SQL a null in the list never matches null, and makes NOT IN match nothing.
            Test::In(values) => match (literals(dialect, values), values.contains(&Value::Null)) {
                (None, false) => "FALSE".to_owned(),
                (None, true) => format!("{column} IS NULL"),
                (Some(list), false) => format!("{column} IN ({list})"),
                (Some(list), true) => format!("({column} IN ({list}) OR {column} IS NULL)"),
            },
            Test::NotIn(values) => match (literals(dialect, values), values.contains(&Value::Null)) {
                (None, false) => "TRUE".to_owned(),
                (None, true) => format!("{column} IS NOT NULL"),
                (Some(list), _) => format!("{column} NOT IN ({list})"),
            },
        }
    }
}

/// Formats the values without nulls as a list. Returns `None` if no other values remain.
fn literals(dialect: &dyn Dialect, values: &[Value]) -> Option<String> {
    let values = values.iter().filter(|value| **value != Value::Null);
    let values: Vec<String> = values.map(|value| literal(dialect, value)).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Formats a value as an SQL literal. Numbers keep their notation; arrays and objects become JSON text.
fn literal(dialect: &dyn Dialect, value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Number(number) if is_finite(number) => number.as_str().to_owned(),
        // NaN and infinities
        Value::Number(number) => {
            let double = dialect.column_type(&Column::new("double", DataType::Double));
            format!("CAST({} AS {double})", dialect.text_literal(number.as_str()))
        }
        Value::String(text) => dialect.text_literal(text),
        Value::Array(_) | Value::Object(_) => dialect.text_literal(&value.to_string()),
    }
}

fn is_finite(number: &Number) -> bool {
    number.as_str().ends_with(|c: char| c.is_ascii_digit())
}
