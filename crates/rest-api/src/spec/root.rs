//! The top-level keys of a spec.

use std::collections::{HashMap, HashSet};

use catchment_json::Value;

use super::client::CLIENT;
use super::object_reader::ObjectReader;
use super::pipeline::PIPELINE;
use super::resource::{self, DEFAULTS, RESOURCE_KIND};
use super::{ClientSpec, PipelineSpec, ResourceSpec, Spec, parents};
use crate::format::KeyLocations;
use crate::key_path::{join, outwards};
use crate::registry::Registry;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType, check};
use crate::{SpecDiagnostic, SpecError, SpecFormat};

pub(crate) static SPEC: ObjectSchema = ObjectSchema::new(
    "spec",
    "A REST API source: the client and the resources to load.",
    &[
        FieldSchema::new("$schema", ValueType::Text, "The JSON Schema that editors use for completion and validation."),
        FieldSchema::new(
            "name",
            ValueType::Name,
            "The name of the source, of its schema and of its section in the settings; rest_api by default.",
        ),
        FieldSchema::required("client", ValueType::Object(&CLIENT), "The connection to the API."),
        FieldSchema::new("resource_defaults", ValueType::Object(&DEFAULTS), "Default settings of all resources."),
        FieldSchema::required(
            "resources",
            ValueType::ListOf(&RESOURCE_KIND),
            "The resources to load: objects, or names that are also the paths of the requests.",
        ),
        FieldSchema::new(
            "pipeline",
            ValueType::Object(&PIPELINE),
            "Defaults for the pipeline; command-line flags take precedence.",
        ),
    ],
);

impl Spec {
    /// Parses a spec that uses only built-in paginators and credentials. Use [`Registry::parse`] for custom types.
    ///
    /// # Errors
    ///
    /// Returns all errors in the spec.
    pub fn parse(text: &str, format: SpecFormat) -> Result<Spec, SpecError> {
        Registry::default().parse(text, format)
    }

    /// Reads a spec from a parsed value.
    ///
    /// # Errors
    ///
    /// Returns all errors in the spec.
    pub fn from_value(value: &Value) -> Result<Spec, SpecError> {
        Registry::default().read(value)
    }

    pub(crate) fn read(value: &Value, locations: &KeyLocations, registry: &Registry) -> Result<Spec, SpecError> {
        let mut diagnostics = Vec::new();
        check(value, &ValueType::Object(&SPEC), "", &|kind| registry.registered_names(kind), &mut diagnostics);
        let spec = Spec::of(value, &mut diagnostics);
        if diagnostics.is_empty() {
            return Ok(spec);
        }
        Err(SpecError { diagnostics: with_locations(diagnostics, value, locations) })
    }

    fn of(value: &Value, diagnostics: &mut Vec<SpecDiagnostic>) -> Spec {
        let null = Value::Null;
        let keys = ObjectReader::of(value, "");
        let below = |key: &str| ObjectReader::of(keys.get(key).unwrap_or(&null), key);
        let client = ClientSpec::read(&below("client"), diagnostics);
        let client_definition = client_definition(keys.get("client"));
        let defaults = keys.get("resource_defaults").unwrap_or(&null);
        let (mut resources, mut names): (Vec<ResourceSpec>, HashSet<String>) = Default::default();
        for (path, value) in keys.list("resources") {
            let value = resource::merge_defaults(value, defaults);
            let resource = ResourceSpec::read(&value, &client_definition, &path, diagnostics);
            if !names.insert(resource.name.clone()) && !resource.name.is_empty() {
                diagnostics.push(SpecDiagnostic::new(path, format!("duplicate resource name {:?}", resource.name)));
            }
            resources.push(resource);
        }
        if keys.get("resources").and_then(Value::as_array).is_some_and(<[Value]>::is_empty) {
            diagnostics.push(keys.diagnostic("resources", "expected at least one resource, found an empty list"));
        }
        parents::resolve_parents(&mut resources, diagnostics);
        let name = keys.owned_text("name").unwrap_or_else(|| "rest_api".to_owned());
        Spec { name, client, resources, pipeline: PipelineSpec::read(&below("pipeline")) }
    }
}

/// Returns the keys of the client that determine which rows a request returns.
fn client_definition(client: Option<&Value>) -> String {
    let keys = ["base_url", "headers", "paginator"].into_iter();
    keys.map(|key| client.and_then(|client| client.get(key)).map(Value::to_string).unwrap_or_default()).collect()
}

/// Adds locations to diagnostics, removes duplicates, and sorts them in the order of the spec. A diagnostic for a value from
/// the defaults is moved to the defaults.
fn with_locations(diagnostics: Vec<SpecDiagnostic>, value: &Value, locations: &KeyLocations) -> Vec<SpecDiagnostic> {
    let (mut located, mut known) = (Vec::new(), HashSet::new());
    for mut diagnostic in diagnostics {
        if let Some(default) = default_path(&diagnostic.path, value) {
            diagnostic.path = default;
        }
        diagnostic.location = locations.of(&diagnostic.path);
        if known.insert(diagnostic.clone()) {
            located.push(diagnostic);
        }
    }
    let mut order = HashMap::new();
    record_order(value, String::new(), &mut order);
    // a missing key is sorted at its container
    located
        .sort_by_cached_key(|diagnostic: &SpecDiagnostic| outwards(&diagnostic.path).find_map(|path| order.get(path)).copied());
    located
}

/// Records the position of each path in document order.
fn record_order(value: &Value, path: String, order: &mut HashMap<String, usize>) {
    order.insert(path.clone(), order.len());
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| record_order(value, join(&path, key), order));
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, value)| record_order(value, format!("{path}[{index}]"), order));
        }
        _ => {}
    }
}

/// Returns the path in the defaults if the key is not set in the resource itself.
fn default_path(path: &str, value: &Value) -> Option<String> {
    let (index, rest) = path.strip_prefix("resources[")?.split_once("].")?;
    let resource = value.get("resources")?.as_array()?.get(index.parse::<usize>().ok()?)?;
    let defaults = value.get("resource_defaults")?;
    (!exists_at(resource, rest) && exists_at(defaults, rest)).then(|| format!("resource_defaults.{rest}"))
}

/// Returns whether a value exists at a path of keys and indexes. Keys that contain dots are not found.
fn exists_at(value: &Value, path: &str) -> bool {
    let mut at = Some(value);
    for step in path.split(['.', '[']) {
        let Some(value) = at else { return false };
        at = match step.strip_suffix(']') {
            Some(index) => index.parse::<usize>().ok().and_then(|index| value.as_array()?.get(index)),
            None => value.get(step),
        };
    }
    at.is_some()
}
