//! Resources and their defaults.

use catchment_json::{Object, Value};

use super::keys::Keys;
use super::{EndpointSpec, ResourceSpec, columns, disposition};
use crate::Mistake;

impl ResourceSpec {
    /// Reads a resource, a name or an object, over the defaults for all of them.
    pub(super) fn read(value: &Value, defaults: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> ResourceSpec {
        let value = match value {
            Value::Text(name) => Value::object([("name", Value::from(name.as_str()))]),
            other => other.clone(),
        };
        let merged = merge(&value, defaults);
        let mut keys = Keys::of(&merged, path, mistakes);
        let name = keys.required_text("name", mistakes).to_owned();
        let (write_disposition, merge) = disposition::read(&mut keys, mistakes);
        let resource = ResourceSpec {
            endpoint: EndpointSpec::read(keys.get("endpoint"), &name, &keys.path("endpoint"), mistakes),
            table_name: keys.text("table_name", mistakes).map(str::to_owned),
            write_disposition,
            merge,
            primary_key: keys.names("primary_key", mistakes),
            merge_key: keys.names("merge_key", mistakes),
            columns: columns::columns(&mut keys, mistakes),
            schema_contract: columns::contract(&mut keys, mistakes),
            max_table_nesting: keys
                .integer("max_table_nesting", 0..=1000, mistakes)
                .and_then(|levels| u32::try_from(levels).ok()),
            selected: keys.bool("selected", mistakes).unwrap_or(true),
            parallelized: keys.bool("parallelized", mistakes).unwrap_or(true),
            resumable: keys.bool("resumable", mistakes).unwrap_or(false),
            name,
        };
        keys.not_yet(
            &[
                "include_from_parent",
                "processing_steps",
                "parent",
                "table_format",
                "file_format",
                "references",
                "nested_hints",
                "incremental",
            ],
            mistakes,
        );
        keys.finish(mistakes);
        resource
    }
}

/// A resource over its defaults: keys replace keys, but for those of `endpoint`, and in it of `params` and
/// `json`, which are merged, and for columns.
fn merge(value: &Value, defaults: &Value) -> Value {
    let (Some(own), Some(defaults)) = (value.as_object(), defaults.as_object()) else { return value.clone() };
    let mut merged = over(own, defaults);
    if let (Some(own), Some(default)) = (own.get("columns"), defaults.get("columns"))
        && let Some(columns) = columns::merge(own, default)
    {
        merged.insert("columns".to_owned(), columns);
    }
    if let Some(default) = defaults.get("endpoint").and_then(Value::as_object) {
        let own = match own.get("endpoint") {
            Some(Value::Text(path)) => Object::from_iter([("path".to_owned(), Value::from(path.as_str()))]),
            Some(Value::Object(endpoint)) => endpoint.clone(),
            Some(_) => return Value::Object(merged),
            None => Object::new(),
        };
        let mut endpoint = over(&own, default);
        for key in ["params", "json"] {
            if let (Some(Value::Object(own)), Some(Value::Object(default))) = (own.get(key), default.get(key)) {
                endpoint.insert(key.to_owned(), Value::Object(over(own, default)));
            }
        }
        merged.insert("endpoint".to_owned(), Value::Object(endpoint));
    }
    Value::Object(merged)
}

pub(super) fn over(own: &Object, defaults: &Object) -> Object {
    let mut merged = defaults.clone();
    merged.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    merged
}
