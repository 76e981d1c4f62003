//! The outermost keys.

use catchment_json::Value;

use super::keys::{Keys, wrong};
use super::{ClientSpec, PipelineSpec, ResourceSpec, Spec};
use crate::{Format, Mistake, SpecError};

impl Spec {
    /// Reads a spec.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(text: &str, format: Format) -> Result<Spec, SpecError> {
        Spec::from_value(&format.parse(text)?)
    }

    /// Reads a spec that was parsed already.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn from_value(value: &Value) -> Result<Spec, SpecError> {
        let mut mistakes = Vec::new();
        let mut keys = Keys::of(value, "", &mut mistakes);
        let name = keys.text("name", &mut mistakes).unwrap_or("rest_api").to_owned();
        let empty = Value::object::<String>([]);
        if value.as_object().is_some() && value.get("client").is_none() {
            mistakes.push(Mistake {
                path: "client".to_owned(),
                problem: "it is missing; expected an object with `base_url`".to_owned(),
            });
        }
        let client = match keys.get("client") {
            Some(client) => ClientSpec::read(client, &mut mistakes),
            None => ClientSpec { base_url: String::new(), headers: Vec::new(), paginator: super::PaginatorSpec::Auto },
        };
        let pipeline = pipeline(keys.get("pipeline").unwrap_or(&empty), &mut mistakes);
        let defaults = keys.get("resource_defaults").unwrap_or(&empty);
        let resources = resources(keys.get("resources"), defaults, &mut mistakes);
        keys.finish(&mut mistakes);
        if mistakes.is_empty() { Ok(Spec { name, client, resources, pipeline }) } else { Err(SpecError { mistakes }) }
    }
}

fn pipeline(value: &Value, mistakes: &mut Vec<Mistake>) -> PipelineSpec {
    let mut keys = Keys::of(value, "pipeline", mistakes);
    let mut text = |key| keys.text(key, mistakes).map(str::to_owned);
    let pipeline = PipelineSpec {
        pipeline_name: text("pipeline_name"),
        destination: text("destination"),
        dataset_name: text("dataset_name"),
        import_schema_path: text("import_schema_path"),
        export_schema_path: text("export_schema_path"),
    };
    keys.finish(mistakes);
    pipeline
}

fn resources(value: Option<&Value>, defaults: &Value, mistakes: &mut Vec<Mistake>) -> Vec<ResourceSpec> {
    let elements = match value {
        Some(Value::Array(elements)) if !elements.is_empty() => elements,
        Some(Value::Array(_)) | None => {
            let problem = "it is missing; expected a list with at least one resource".to_owned();
            mistakes.push(Mistake { path: "resources".to_owned(), problem });
            return Vec::new();
        }
        Some(other) => {
            mistakes.push(wrong("resources", "a list", other));
            return Vec::new();
        }
    };
    let mut resources: Vec<ResourceSpec> = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let path = format!("resources[{index}]");
        let resource = ResourceSpec::read(element, defaults, &path, mistakes);
        if resources.iter().any(|known| known.name == resource.name) && !resource.name.is_empty() {
            mistakes.push(Mistake { path, problem: format!("there is a resource {:?} already", resource.name) });
        }
        resources.push(resource);
    }
    resources
}
