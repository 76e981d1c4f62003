//! Columns.

use catchment_json::{Object, Value};

use crate::DataType;
use crate::hints::DECLARED;

/// A column of a table.
///
/// One without a type is *incomplete*: it was declared, but no value has said what it holds, and no
/// destination has it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its normalised name.
    pub name: String,
    /// What it holds.
    pub data_type: Option<DataType>,
    /// Whether it may be null; nothing said means that it may.
    pub nullable: Option<bool>,
    /// Everything else that is known of it: `primary_key`, `merge_key`, `precision`, `x-…`, and keys that
    /// only other tools know.
    pub hints: Object,
}

impl Column {
    /// A nullable column.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Column {
        Column { name: name.into(), data_type: Some(data_type), nullable: Some(true), hints: Object::new() }
    }

    /// A declared column of which only `hint` is known.
    pub fn incomplete(name: impl Into<String>, hint: &str) -> Column {
        let hints = Object::from_iter([(hint.to_owned(), Value::Bool(true))]);
        Column { name: name.into(), data_type: None, nullable: None, hints }
    }

    /// The same column, not nullable.
    #[must_use]
    pub fn not_null(mut self) -> Column {
        self.nullable = Some(false);
        self
    }

    /// The same column with the flag `hint` set.
    #[must_use]
    pub fn with_hint(mut self, hint: &str) -> Column {
        self.hints.insert(hint.to_owned(), Value::Bool(true));
        self
    }

    /// Whether it may be null.
    pub fn is_nullable(&self) -> bool {
        self.nullable.unwrap_or(true)
    }

    /// Whether the flag `hint` is set.
    pub fn has_hint(&self, hint: &str) -> bool {
        self.hints.get(hint).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether its type was declared, and is not to be widened by the values that come.
    pub fn is_declared(&self) -> bool {
        self.has_hint(DECLARED)
    }

    /// Gives an incomplete column what `found`, the column as values show it, knows; what was declared stays.
    pub(crate) fn complete_with(&mut self, found: &Column) {
        self.data_type = found.data_type;
        self.nullable = self.nullable.or(found.nullable);
        for (key, value) in &found.hints {
            self.hints.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}
