//! Parameters of the query and of the path.

use catchment_json::{Object, Value};

use super::IncrementalSpec;
use super::incremental::CURSOR_PARAM;
use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, TaggedUnion, ValueType};
use crate::template::{FormatSpec, ParentFieldRef, Part, TemplateContext, plain_text};
use crate::{SpecDiagnostic, Template, ValueTemplate};

/// Parameters that are objects.
static PARAM: TaggedUnion = TaggedUnion {
    name: "param",
    default: "",
    variants: &[("resolve", &RESOLVE), ("incremental", &CURSOR_PARAM)],
    is_secret: false,
};

static RESOLVE: ObjectSchema = ObjectSchema::new(
    "resolve",
    "A part of the path that is a field of the rows of another resource.",
    &[
        FieldSchema::required("resource", ValueType::Text, "The resource."),
        FieldSchema::required("field", ValueType::JsonPath, "The field."),
    ],
);

pub(super) const PARAMS: ValueType =
    ValueType::MapOf(&ValueType::Either(&[SCALAR, SCALARS, ValueType::Tagged(&PARAM)], EXPECTED));
const SCALAR: ValueType = ValueType::Either(&[ValueType::Template, ValueType::Number, ValueType::Bool], EXPECTED);
const SCALARS: ValueType = ValueType::ListOf(&SCALAR);
const EXPECTED: &str = "a string, a number, a boolean, a list of them, or an object whose type is resolve or incremental";

/// What parameters say together.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) query: Vec<(Template, ValueTemplate)>,
    pub(super) incremental: Option<IncrementalSpec>,
}

/// Reads parameters, and binds those that stand in the path.
pub(super) fn read(keys: &ObjectReader<'_>, path: Template, diagnostics: &mut Vec<SpecDiagnostic>) -> (Template, Params) {
    let given: Object = keys.object("params").map(|(name, value)| (name.clone(), value.clone())).collect();
    let at = |name: &str| keys.path(&format!("params.{name}"));
    let mut params = Params::default();
    for (name, value) in &given {
        let is_bound = path.params().any(|param| param == name);
        match (value, kind(value)) {
            (Value::Object(_), "incremental") if params.incremental.is_some() => {
                diagnostics
                    .push(SpecDiagnostic::new(at(name), "there is another parameter with a cursor; an endpoint has one at most"));
            }
            (Value::Object(_), "incremental") => {
                params.incremental = Some(IncrementalSpec::of_param(name, value, &at(name), diagnostics));
            }
            (Value::Object(_), "resolve") if !is_bound => {
                let problem = format!(
                    "it is not in the path; write {{{name}}} there, or {{resources.NAME.FIELD}} in the place of its value"
                );
                diagnostics.push(SpecDiagnostic::new(at(name), problem));
            }
            (Value::Object(_), _) | (Value::Null, _) => {}
            _ if is_bound => {}
            (value, _) => {
                let mut note = |path, problem| diagnostics.push(SpecDiagnostic::new(path, problem));
                let value = ValueTemplate::read(value, TemplateContext::Request, &at(name), &mut note);
                let name = Template::parse(name, TemplateContext::Request).unwrap_or_else(|problem| {
                    note(at(name), problem);
                    Template::default()
                });
                params.query.push((name, value));
            }
        }
    }
    (bind(path, &given, keys, diagnostics), params)
}

/// The `type` of a parameter that is an object.
fn kind(value: &Value) -> &str {
    value.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// The path with its parameters in it.
fn bind(path: Template, given: &Object, keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Template {
    path.bind(|name, format| match given.get(name) {
        Some(value @ Value::Object(_)) => {
            let param = ObjectReader::of(value, "");
            match (kind(value), param.owned_text("resource"), param.json_path("field")) {
                ("resolve", Some(resource), Some(field)) => {
                    vec![formatted(Part::Field(ParentFieldRef { resource, field }), format)]
                }
                ("incremental", ..) => {
                    let problem =
                        format!("it has {{{name}}}, and that parameter is a cursor; write {{incremental.start_value}} there");
                    diagnostics.push(keys.diagnostic("path", problem));
                    Vec::new()
                }
                // what it lacks has been noted
                _ => Vec::new(),
            }
        }
        Some(Value::Array(_)) => {
            diagnostics.push(keys.diagnostic("path", format!("it has {{{name}}}, and that parameter is a list")));
            Vec::new()
        }
        None | Some(Value::Null) => {
            let names: Vec<_> = given.keys().map(String::as_str).collect();
            let given = if names.is_empty() { "which are empty".to_owned() } else { format!("which has {}", names.join(", ")) };
            let problem = format!(
                "it has {{{name}}}, which is not in `params`, {given}; write {{{{ and }}}} for braces that are not a placeholder"
            );
            diagnostics.push(keys.diagnostic("path", problem));
            Vec::new()
        }
        Some(value) => match param_value(value, format) {
            Ok(parts) => parts,
            Err(problem) => {
                diagnostics.push(keys.diagnostic(&format!("params.{name}"), problem));
                Vec::new()
            }
        },
    })
}

/// The parts of a path that a parameter is, written out as the path says.
fn param_value(value: &Value, format: Option<&FormatSpec>) -> Result<Vec<Part>, String> {
    if let (Value::Number(_) | Value::Bool(_), Some(format)) = (value, format) {
        let text = format.apply(value)?;
        return Ok(vec![if format.is_urlencoded() { Part::Literal(text) } else { Part::BoundParam(text) }]);
    }
    let parts = Template::parse(&plain_text(value), TemplateContext::Request)?.parts;
    if format.is_some() && parts.len() > 1 {
        return Err("it has several parts, and the path has a format for it; write the formats here".to_owned());
    }
    Ok(parts.into_iter().map(|part| formatted(part.into_value(), format)).collect())
}

fn formatted(part: Part, format: Option<&FormatSpec>) -> Part {
    match format {
        Some(format) => Part::Formatted(Box::new(part), format.clone()),
        None => part,
    }
}
