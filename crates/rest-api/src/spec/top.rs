//! The outermost keys.

use std::collections::{HashMap, HashSet};

use catchment_json::Value;

use super::client::CLIENT;
use super::keys::Keys;
use super::pipeline::PIPELINE;
use super::resource::{self, DEFAULTS, RESOURCE_KIND};
use super::{ClientSpec, PipelineSpec, ResourceSpec, Spec, parents};
use crate::format::Places;
use crate::key_path::{join, outwards};
use crate::registry::Registry;
use crate::shape::{Field, Kind, Shape, check};
use crate::{Format, Mistake, SpecError};

pub(crate) static SPEC: Shape = Shape::new(
    "spec",
    "A REST API: how it is reached, and what is loaded from it.",
    &[
        Field::new("$schema", Kind::Text, "The JSON Schema that editors complete and check the file by."),
        Field::new("name", Kind::Name, "The name of the source; rest_api by default."),
        Field::required("client", Kind::Object(&CLIENT), "How the API is reached."),
        Field::new("resource_defaults", Kind::Object(&DEFAULTS), "What holds for all resources that say nothing else."),
        Field::required("resources", Kind::ListOf(&RESOURCE_KIND), "What is loaded: names, which are paths too, or objects."),
        Field::new("pipeline", Kind::Object(&PIPELINE), "Defaults for the pipeline; flags win over them."),
    ],
);

impl Spec {
    /// Reads a spec that uses no own types of paginators and credentials; [`Registry::parse`] reads others.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(text: &str, format: Format) -> Result<Spec, SpecError> {
        Registry::default().parse(text, format)
    }

    /// Reads a spec that was parsed already.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn from_value(value: &Value) -> Result<Spec, SpecError> {
        Registry::default().read(value)
    }

    pub(crate) fn read(value: &Value, places: &Places, registry: &Registry) -> Result<Spec, SpecError> {
        let mut mistakes = Vec::new();
        check(value, &Kind::Object(&SPEC), "", &|kind| registry.names(kind), &mut mistakes);
        let spec = Spec::of(value, &mut mistakes);
        if mistakes.is_empty() {
            return Ok(spec);
        }
        Err(SpecError { mistakes: located(mistakes, value, places) })
    }

    fn of(value: &Value, mistakes: &mut Vec<Mistake>) -> Spec {
        let null = Value::Null;
        let keys = Keys::of(value, "");
        let below = |key: &str| Keys::of(keys.get(key).unwrap_or(&null), key);
        let client = ClientSpec::read(&below("client"), mistakes);
        let defaults = keys.get("resource_defaults").unwrap_or(&null);
        let (mut resources, mut names): (Vec<ResourceSpec>, HashSet<String>) = Default::default();
        for (path, value) in keys.list("resources") {
            let resource = ResourceSpec::read(&resource::merged(value, defaults), &path, mistakes);
            if !names.insert(resource.name.clone()) && !resource.name.is_empty() {
                mistakes.push(Mistake::new(path, format!("there is a resource {:?} already", resource.name)));
            }
            resources.push(resource);
        }
        if keys.get("resources").and_then(Value::as_array).is_some_and(<[Value]>::is_empty) {
            mistakes.push(keys.mistake("resources", "it is empty; expected at least one resource"));
        }
        parents::find(&mut resources, mistakes);
        let name = keys.owned_text("name").unwrap_or_else(|| "rest_api".to_owned());
        Spec { name, client, resources, pipeline: PipelineSpec::read(&below("pipeline")) }
    }
}

/// Mistakes with the places of their keys, each once, in the order of the spec. What a resource has from its defaults is a
/// mistake of these.
fn located(mistakes: Vec<Mistake>, value: &Value, places: &Places) -> Vec<Mistake> {
    let (mut located, mut known) = (Vec::new(), HashSet::new());
    for mut mistake in mistakes {
        if let Some(default) = default_path(&mistake.path, value) {
            mistake.path = default;
        }
        mistake.place = places.of(&mistake.path);
        if known.insert(mistake.clone()) {
            located.push(mistake);
        }
    }
    let mut order = HashMap::new();
    note_order(value, String::new(), &mut order);
    // what is missing stands where it should
    located.sort_by_cached_key(|mistake: &Mistake| outwards(&mistake.path).find_map(|path| order.get(path)).copied());
    located
}

/// The order in which paths stand in a value.
fn note_order(value: &Value, path: String, order: &mut HashMap<String, usize>) {
    order.insert(path.clone(), order.len());
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| note_order(value, join(&path, key), order));
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, value)| note_order(value, format!("{path}[{index}]"), order));
        }
        _ => {}
    }
}

/// The path in the defaults of a key that the resource does not have itself.
fn default_path(path: &str, value: &Value) -> Option<String> {
    let (index, rest) = path.strip_prefix("resources[")?.split_once("].")?;
    let resource = value.get("resources")?.as_array()?.get(index.parse::<usize>().ok()?)?;
    let defaults = value.get("resource_defaults")?;
    (!stands(resource, rest) && stands(defaults, rest)).then(|| format!("resource_defaults.{rest}"))
}

/// Whether something stands at a path of keys and indexes. Keys with dots are taken for several, and then nothing is found.
fn stands(value: &Value, path: &str) -> bool {
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
