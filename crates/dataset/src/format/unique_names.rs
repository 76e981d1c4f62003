//! Unique names of columns.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::datatypes::{Field, Schema};

/// Returns a schema in which each column has a unique, nonempty name: the first of several equal names is unchanged, the others
/// get the suffixes `_1`, `_2` and so on, and an empty name becomes `column_` and its number from 1.
pub(super) fn with_unique_names(schema: &Schema) -> Schema {
    // A generated name never replaces the name of a later column.
    let mut reserved: HashSet<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut used: HashSet<String> = HashSet::new();
    let fields = (1..).zip(schema.fields()).map(|(number, field)| {
        let name = field.name();
        if !name.is_empty() && used.insert(name.clone()) {
            return Arc::clone(field);
        }
        let base = if name.is_empty() { format!("column_{number}") } else { name.clone() };
        let suffixed = (1_u32..).map(|suffix| format!("{base}_{suffix}"));
        let mut candidates = std::iter::once(base.clone()).chain(suffixed);
        let unique = candidates.find(|candidate| reserved.insert(candidate.clone())).unwrap_or(base.clone());
        Arc::new(Field::clone(field).with_name(unique))
    });
    let fields: Vec<_> = fields.collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field, Schema};

    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let schema = Schema::new(names.iter().map(|name| Field::new(*name, DataType::Int64, true)).collect::<Vec<_>>());
        let unique = super::with_unique_names(&schema);
        assert_eq!(unique.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn repeated_names_get_suffixes() {
        check(&[], &[]);
        check(&["a", "b"], &["a", "b"]);
        check(&["a", "a", "a"], &["a", "a_1", "a_2"]);
        check(&["a", "a", "a_1"], &["a", "a_2", "a_1"]);
        check(&["a_1", "a", "a"], &["a_1", "a", "a_2"]);
        check(&["a", "A"], &["a", "A"]);
    }

    #[test]
    fn empty_names_get_numbers() {
        check(&["", "a", ""], &["column_1", "a", "column_3"]);
        check(&["", "column_1", "column_1"], &["column_1_1", "column_1", "column_1_2"]);
    }
}
