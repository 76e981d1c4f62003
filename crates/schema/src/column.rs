//! Table columns.

use catchment_json::{Object, Value};

use crate::DataType;
use crate::hints::DECLARED;

/// A column of a table.
///
/// A column without a type is *incomplete*: it was declared, but has had no value to infer a type from. Destinations do
/// not have incomplete columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The normalized name.
    pub name: String,
    /// The logical type, or `None` if the column is incomplete.
    pub data_type: Option<DataType>,
    /// Whether the column may contain nulls. `None` means yes.
    pub nullable: Option<bool>,
    /// All other properties: `primary_key`, `merge_key`, `precision`, `x-…`, and keys of other tools.
    pub hints: Object,
}

impl Column {
    /// Creates a nullable column.
    pub fn new(name: impl Into<String>, data_type: DataType) -> Column {
        Column { name: name.into(), data_type: Some(data_type), nullable: Some(true), hints: Object::new() }
    }

    /// Creates a column without a type, with the flag `hint` set.
    pub fn incomplete(name: impl Into<String>, hint: &str) -> Column {
        let hints = Object::from_iter([(hint.to_owned(), Value::Bool(true))]);
        Column { name: name.into(), data_type: None, nullable: None, hints }
    }

    /// Sets the column to NOT NULL.
    #[must_use]
    pub fn not_null(mut self) -> Column {
        self.nullable = Some(false);
        self
    }

    /// Sets the flag `hint`.
    #[must_use]
    pub fn with_hint(mut self, hint: &str) -> Column {
        self.hints.insert(hint.to_owned(), Value::Bool(true));
        self
    }

    /// Returns true if the column may contain nulls.
    pub fn is_nullable(&self) -> bool {
        self.nullable.unwrap_or(true)
    }

    /// Returns true if the flag `hint` is set.
    pub fn has_hint(&self, hint: &str) -> bool {
        self.hints.get(hint).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns true if the type was declared. Values do not widen a declared type.
    pub fn is_declared(&self) -> bool {
        self.has_hint(DECLARED)
    }

    /// Completes an incomplete column with the type and hints of `found`, which was inferred from values. Declared
    /// nullability and hints take precedence.
    pub(crate) fn complete_with(&mut self, found: &Column) {
        self.data_type = found.data_type;
        self.nullable = self.nullable.or(found.nullable);
        for (key, value) in &found.hints {
            self.hints.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}
