//! Conditions of queries.

use catchment_json::{Number, Value};

use crate::quote::{quote, text_literal};

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

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let column = quote(&self.column);
        match &self.test {
            Test::Compare(Operator::Eq, Value::Null) => write!(f, "{column} IS NULL"),
            Test::Compare(Operator::Ne, Value::Null) => write!(f, "{column} IS NOT NULL"),
            Test::Compare(operator, value) => write!(f, "{column} {} {}", operator.symbol(), literal(value)),
            // In SQL a null in the list never matches null, and makes NOT IN match nothing.
            Test::In(values) => match (quote_list(values), values.contains(&Value::Null)) {
                (None, false) => f.write_str("FALSE"),
                (None, true) => write!(f, "{column} IS NULL"),
                (Some(list), false) => write!(f, "{column} IN ({list})"),
                (Some(list), true) => write!(f, "({column} IN ({list}) OR {column} IS NULL)"),
            },
            Test::NotIn(values) => match (quote_list(values), values.contains(&Value::Null)) {
                (None, false) => f.write_str("TRUE"),
                (None, true) => write!(f, "{column} IS NOT NULL"),
                (Some(list), _) => write!(f, "{column} NOT IN ({list})"),
            },
        }
    }
}

/// Formats the values without nulls as a list. Returns `None` if no other values remain.
fn quote_list(values: &[Value]) -> Option<String> {
    let values: Vec<String> = values.iter().filter(|value| **value != Value::Null).map(literal).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Formats a value as an SQL literal. Numbers keep their notation; arrays and objects become JSON text.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Number(number) if is_finite(number) => number.as_str().to_owned(),
        // NaN and infinities
        Value::Number(number) => format!("CAST({} AS DOUBLE)", text_literal(number.as_str())),
        Value::String(text) => text_literal(text),
        Value::Array(_) | Value::Object(_) => text_literal(&value.to_string()),
    }
}

fn is_finite(number: &Number) -> bool {
    number.as_str().ends_with(|c: char| c.is_ascii_digit())
}
