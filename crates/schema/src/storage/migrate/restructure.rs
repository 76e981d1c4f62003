//! Migration of version 2 to 3, which added table properties and grouped the settings.

use catchment_json::{Object, Value};

use super::object_or_new;
use crate::naming::SEPARATOR;
use crate::storage::{default_normalizers, write};
use crate::{DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, Table};

pub(super) fn restructure(schema: &mut Object) {
    let filters = ["excludes", "includes"].map(|group| (group, schema.shift_remove(group)));
    let hints = schema.shift_remove("hints");
    let preferred = schema.shift_remove("preferred_types");
    let tables = schema.shift_remove("tables");
    schema.insert("normalizers".to_owned(), Value::Object(normalizers()));
    let settings = [("default_hints", default_hints(hints)), ("preferred_types", preferred_types(preferred))];
    schema.insert("settings".to_owned(), Value::object(settings));
    schema.insert("tables".to_owned(), tables.map_or_else(|| Value::Object(Object::new()), with_properties));
    if let Some(tables) = object_or_new(schema, "tables") {
        for (group, patterns) in &filters {
            for pattern in patterns.as_ref().and_then(Value::as_array).unwrap_or_default().iter().filter_map(Value::as_str) {
                add_filter(tables, group, pattern);
            }
        }
    }
}

/// Returns the normalizers of a new schema, with propagation of root ids to child rows.
fn normalizers() -> Object {
    let mut normalizers = default_normalizers();
    if let Some(json) = object_or_new(&mut normalizers, "json") {
        let root = Value::object([(DLT_ID_COLUMN, Value::from(DLT_ROOT_ID_COLUMN))]);
        let propagation = Value::object([("root", root)]);
        json.insert("config".to_owned(), Value::object([("propagation", propagation)]));
    }
    normalizers
}

/// Adds the prefix `re:` to patterns. In version 2 all patterns were regular expressions.
fn default_hints(hints: Option<Value>) -> Value {
    let mut hints = hints.unwrap_or_else(|| Value::Object(Object::new()));
    for patterns in hints.as_object_mut().into_iter().flat_map(|hints| hints.values_mut()) {
        if let Value::Array(patterns) = patterns {
            for pattern in patterns {
                if let Value::String(text) = pattern {
                    text.insert_str(0, "re:");
                }
            }
        }
    }
    hints
}

fn preferred_types(preferred: Option<Value>) -> Value {
    match preferred {
        Some(Value::Object(types)) => {
            Value::object(types.into_iter().map(|(pattern, data_type)| (format!("re:{pattern}"), data_type)))
        }
        Some(other) => other,
        None => Value::Object(Object::new()),
    }
}

/// Wraps the columns of each table. In version 2 a table was an object of columns.
fn with_properties(tables: Value) -> Value {
    let Value::Object(tables) = tables else { return tables };
    let with_properties = tables.iter().map(|(name, columns)| {
        let table = match parent(name, &tables) {
            Some(parent) => Table::child(name, parent),
            None => Table::root(name, name),
        };
        let mut table = write::table(&table);
        if let Some(table) = table.as_object_mut() {
            table.insert("columns".to_owned(), columns.clone());
        }
        (name.clone(), table)
    });
    Value::object(with_properties)
}

/// Returns the nearest ancestor table of `name`.
fn parent<'n>(name: &'n str, tables: &Object) -> Option<&'n str> {
    let mut parent = name;
    while let Some(at) = parent.rfind(SEPARATOR).filter(|at| *at > 0) {
        parent = parent.get(..at)?;
        if tables.contains_key(parent) {
            return Some(parent);
        }
    }
    None
}

/// Moves a filter `^table__path` to its root table, which is created if missing.
fn add_filter(tables: &mut Object, group: &str, pattern: &str) {
    let anchored = pattern.get(1..).unwrap_or_default();
    // A filter of a complete table ends with `$`.
    let (root, path) = anchored.split_once(SEPARATOR).unwrap_or_else(|| {
        let mut name = anchored.chars();
        name.next_back();
        (name.as_str(), anchored)
    });
    let table = tables.entry(root.to_owned()).or_insert_with(|| write::table(&Table::root(root, root)));
    let filters = table.as_object_mut().and_then(|table| object_or_new(table, "filters"));
    if let Some(filters) = filters
        && let Value::Array(list) = filters.entry(group.to_owned()).or_insert_with(|| Value::Array(Vec::new()))
    {
        list.push(Value::from(format!("re:^{path}")));
    }
}
