//! Conditions that rows are picked by.

use catchment_json::{Number, Value};

use crate::quote::{quote, text_literal};

/// How the values of a column compare with a given one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// They are equal. Null is equal to null.
    Eq,
    /// They differ. Where the given one is null: there is a value.
    Ne,
    /// They are less.
    Lt,
    /// They are less or equal.
    Le,
    /// They are greater.
    Gt,
    /// They are greater or equal.
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

/// What must hold of a column.
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
            // Null in a list would make it match nothing where it is negated, and never match null itself.
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

/// The values but for nulls; none where no other ones are there.
fn quote_list(values: &[Value]) -> Option<String> {
    let values: Vec<String> = values.iter().filter(|value| **value != Value::Null).map(literal).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// A value in SQL. Numbers stay as they were written; lists and objects are their JSON, as columns of JSON have it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Number(number) if is_finite(number) => number.as_str().to_owned(),
        // NaN and the infinities.
        Value::Number(number) => format!("CAST({} AS DOUBLE)", text_literal(number.as_str())),
        Value::String(text) => text_literal(text),
        Value::Array(_) | Value::Object(_) => text_literal(&value.to_string()),
    }
}

fn is_finite(number: &Number) -> bool {
    number.as_str().ends_with(|c: char| c.is_ascii_digit())
}
