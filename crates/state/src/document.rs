//! The state document and access to its parts.

use catchment_json::{Object, Value, write_value};
use sha3::{Digest, Sha3_256};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{StateError, validate};

/// Keys that are excluded from the content hash.
const OUTSIDE_THE_HASH: [&str; 4] = ["_state_version", "_state_engine_version", "_version_hash", "_local"];

/// The state of a pipeline between two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    document: Object,
}

impl State {
    /// The engine version that is read and written.
    pub const ENGINE_VERSION: i64 = 4;

    /// Creates the state of a pipeline that has never run.
    pub fn new(pipeline_name: &str, dataset_name: &str, destination_type: &str) -> State {
        let entries = [
            ("_state_version", Value::from(0)),
            ("_state_engine_version", Value::from(State::ENGINE_VERSION)),
            ("pipeline_name", Value::from(pipeline_name)),
            ("dataset_name", Value::from(dataset_name)),
            ("schema_names", Value::Array(Vec::new())),
            ("destination_type", Value::from(destination_type)),
            ("destination_name", Value::Null),
        ];
        State { document: entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
    }

    /// Parses a state document and removes `_local`, which belongs to one working directory.
    ///
    /// # Errors
    ///
    /// Returns an error if the document is not an object, has another engine version, or contains a part of an
    /// unexpected type.
    pub fn from_value(value: Value) -> Result<State, StateError> {
        let Value::Object(mut document) = value else { return Err(StateError::NotAnObject { found: value.type_name() }) };
        let found = document.get("_state_engine_version").and_then(Value::as_i64).unwrap_or(0);
        if found != State::ENGINE_VERSION {
            return Err(StateError::UnsupportedEngineVersion { found, expected: State::ENGINE_VERSION });
        }
        validate::check(&document)?;
        document.shift_remove("_local");
        Ok(State { document })
    }

    /// Returns the document.
    pub fn to_value(&self) -> Value {
        Value::Object(self.document.clone())
    }

    /// Returns the version, which grows by one with each change. Initially 0.
    pub fn version(&self) -> i64 {
        self.document.get("_state_version").and_then(Value::as_i64).unwrap_or(0)
    }

    /// Returns the content hash as of the last [`State::update_version`]. Initially empty.
    pub fn hash(&self) -> &str {
        self.text("_version_hash").unwrap_or_default()
    }

    /// Returns the name of the pipeline.
    pub fn pipeline_name(&self) -> &str {
        self.text("pipeline_name").unwrap_or_default()
    }

    /// Returns the name of the default schema, which is used for rows without a source.
    pub fn default_schema_name(&self) -> Option<&str> {
        self.text("default_schema_name")
    }

    /// Returns the names of the schemas of all sources.
    pub fn schema_names(&self) -> Vec<&str> {
        let names = self.document.get("schema_names").and_then(Value::as_array).unwrap_or_default();
        names.iter().filter_map(Value::as_str).collect()
    }

    /// Adds a schema name. The first one becomes the default.
    pub fn add_schema(&mut self, name: &str) {
        let mut names: Vec<String> = self.schema_names().into_iter().map(str::to_owned).collect();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
            names.sort_unstable();
        }
        let names = names.into_iter().map(Value::from).collect();
        self.document.insert("schema_names".to_owned(), Value::Array(names));
        self.document.entry("default_schema_name".to_owned()).or_insert_with(|| Value::from(name));
    }

    /// Returns the state of `resource` in `source`.
    pub fn resource(&self, source: &str, resource: &str) -> Option<&Object> {
        self.sources()?.get(source)?.get("resources")?.get(resource)?.as_object()
    }

    /// Returns the state of `source`: the state of its `resources`, and values that all of them share.
    pub fn source(&self, source: &str) -> Option<&Object> {
        self.sources()?.get(source)?.as_object()
    }

    /// Sets a value of `source` under a key other than `resources`; `None` removes it.
    pub fn set_source_value(&mut self, source: &str, key: &str, value: Option<Value>) {
        with_child(&mut self.document, "sources", |sources| {
            with_child(sources, source, |source| match value {
                Some(value) => drop(source.insert(key.to_owned(), value)),
                None => drop(source.shift_remove(key)),
            });
        });
    }

    /// Removes the state of `source` and of its resources.
    pub fn drop_source(&mut self, source: &str) {
        with_child(&mut self.document, "sources", |sources| sources.shift_remove(source));
        self.remove_loaded(source, None);
    }

    /// Removes the state of `resource` in `source`, and the record that the pipeline has loaded it.
    pub fn drop_resource(&mut self, source: &str, resource: &str) {
        if self.resource(source, resource).is_some() {
            self.set_resource(source, resource, None);
        }
        if self.loaded_resources(source).contains(resource) {
            self.remove_loaded(source, Some(resource));
        }
    }

    /// Sets the state of `source`: the state of its `resources`, and values that all of them share.
    pub fn set_source(&mut self, source: &str, source_state: Object) {
        with_child(&mut self.document, "sources", |sources| {
            sources.insert(source.to_owned(), Value::Object(source_state));
        });
    }

    /// Sets the state of `resource` in `source`; `None` removes it.
    pub fn set_resource(&mut self, source: &str, resource: &str, resource_state: Option<Object>) {
        with_child(&mut self.document, "sources", |sources| {
            with_child(sources, source, |source| match resource_state {
                Some(resource_state) => with_child(source, "resources", |resources| {
                    resources.insert(resource.to_owned(), Value::Object(resource_state));
                }),
                None => {
                    if let Some(resources) = source.get_mut("resources").and_then(Value::as_object_mut) {
                        resources.shift_remove(resource);
                    }
                }
            });
        });
    }

    /// Updates the hash, and the version if the content has changed. Returns true if it has.
    pub fn update_version(&mut self) -> bool {
        let hash = self.content_hash();
        if self.hash() == hash {
            return false;
        }
        self.document.insert("_state_version".to_owned(), Value::from(self.version() + 1));
        self.document.insert("_version_hash".to_owned(), Value::from(hash));
        true
    }

    /// Returns the base64 SHA3-256 of the content as compact JSON with sorted keys.
    fn content_hash(&self) -> String {
        let mut content = self.document.clone();
        content.retain(|key, _| !OUTSIDE_THE_HASH.contains(&key.as_str()));
        let mut text = String::new();
        write_value(&Value::Object(content), true, &mut text);
        STANDARD.encode(Sha3_256::digest(text))
    }

    pub(crate) fn document(&self) -> &Object {
        &self.document
    }

    pub(crate) fn document_mut(&mut self) -> &mut Object {
        &mut self.document
    }

    pub(crate) fn sources(&self) -> Option<&Object> {
        self.document.get("sources")?.as_object()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.document.get(key)?.as_str()
    }
}

/// Applies `change` to the object under `key`. A missing or non-object value is replaced by an empty object first.
pub(crate) fn with_child<T>(object: &mut Object, key: &str, change: impl FnOnce(&mut Object) -> T) -> T {
    let slot = object.entry(key.to_owned()).or_insert(Value::Null);
    let mut child = match std::mem::take(slot) {
        Value::Object(child) => child,
        _ => Object::new(),
    };
    let result = change(&mut child);
    *slot = Value::Object(child);
    result
}

#[cfg(test)]
mod tests {
    use super::State;
    use catchment_json::{Object, Value};

    #[test]
    fn the_hash_equals_that_of_dlt() {
        let stored = r#"{"_state_version":1,"_state_engine_version":4,"pipeline_name":"shop","schema_names":["shop"],"default_schema_name":"shop","dataset_name":"d","destination_type":"dlt.destinations.duckdb","destination_name":null,"_version_hash":"kvSTGzDo/Bszt7Dq0uuqMxbwbQv6eSrn0LtuL8Wu3a8="}"#;
        let mut created = State::new("shop", "d", "dlt.destinations.duckdb");
        created.add_schema("shop");
        assert!(created.update_version());
        assert_eq!(created.to_value(), Value::parse(stored).unwrap());
        let mut parsed = State::from_value(Value::parse(stored).unwrap()).unwrap();
        assert!(!parsed.update_version());
    }

    #[test]
    fn unknown_keys_are_preserved_and_local_keys_are_removed() {
        let stored = r#"{"_state_version":3,"_state_engine_version":4,"_local":{"first_run":false},"x":{"y":[1.0,12345678901234567890]},"sources":{"s":{"own":true,"resources":{"r":{"other":1}}}}}"#;
        let mut state = State::from_value(Value::parse(stored).unwrap()).unwrap();
        state.set_resource("s", "q", Some(Object::new()));
        let document = state.to_value().to_string();
        assert!(document.contains(r#""x":{"y":[1.0,12345678901234567890]}"#), "{document}");
        assert!(document.contains(r#""own":true,"resources":{"r":{"other":1},"q":{}}"#), "{document}");
        assert!(!document.contains("_local"), "{document}");
    }

    #[test]
    fn resource_states_are_set_and_removed() {
        let mut state = State::new("p", "d", "t");
        state.set_resource("s", "r", Some(Object::from_iter([("a".to_owned(), Value::from(1))])));
        assert_eq!(state.resource("s", "r").map(Object::len), Some(1));
        state.set_resource("s", "r", None);
        assert_eq!(state.resource("s", "r"), None);
        assert!(state.sources().is_some_and(|sources| sources.contains_key("s")));
    }

    #[test]
    fn unsupported_documents_are_rejected() {
        let check = |text: &str, expected: &str| {
            assert_eq!(State::from_value(Value::parse(text).unwrap()).unwrap_err().to_string(), expected);
        };
        check("[]", "the stored state is a list; expected an object");
        check(
            r#"{"_state_engine_version":5}"#,
            "the stored state has engine version 5; only version 4 is supported; use the tool that wrote it",
        );
    }
}
