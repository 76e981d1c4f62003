//! Query parameters and path parameters.

use catchment_json::{Object, Value};

use super::IncrementalSpec;
use super::incremental::CURSOR_PARAM;
use super::object_reader::ObjectReader;
use crate::spec_schema::{FieldSchema, ObjectSchema, TaggedUnion, ValueType};
use crate::template::{FormatSpec, ParentFieldRef, Part, RunTime, TemplateContext, plain_text};
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
    "A path parameter with the value of a field of another resource.",
    &[
        FieldSchema::required("resource", ValueType::Text, "The parent resource."),
        FieldSchema::required("field", ValueType::JsonPath, "The path of the field in a parent row."),
    ],
);

pub(super) const PARAMS: ValueType =
    ValueType::MapOf(&ValueType::Either(&[SCALAR, SCALARS, ValueType::Tagged(&PARAM)], EXPECTED));
const SCALAR: ValueType = ValueType::Either(&[ValueType::Template, ValueType::Number, ValueType::Bool], EXPECTED);
const SCALARS: ValueType = ValueType::ListOf(&SCALAR);
const EXPECTED: &str = "a string, a number, a boolean, a list of them, or an object whose type is resolve or incremental";

/// The parameters of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) query: Vec<(Template, ValueTemplate)>,
    pub(super) incremental: Option<IncrementalSpec>,
}

/// Reads parameters and inserts those of the path into it.
pub(super) fn read(keys: &ObjectReader<'_>, path: Template, diagnostics: &mut Vec<SpecDiagnostic>) -> (Template, Params) {
    let given: Object = keys.object("params").map(|(name, value)| (name.clone(), value.clone())).collect();
    let at = |name: &str| keys.path(&format!("params.{name}"));
    let mut params = Params::default();
    for (name, value) in &given {
        let is_bound = path.params().any(|param| param == name);
        match (value, kind(value)) {
            (Value::Object(_), "incremental") if params.incremental.is_some() => {
                diagnostics
                    .push(SpecDiagnostic::new(at(name), "another parameter already has a cursor; an endpoint can have only one"));
            }
            (Value::Object(_), "incremental") => {
                params.incremental = Some(IncrementalSpec::of_param(name, value, &at(name), diagnostics));
            }
            (Value::Object(_), "resolve") if !is_bound => {
                let problem = format!(
                    "the path does not contain this parameter; add {{{name}}} to the path, or use {{resources.NAME.FIELD}} as the value"
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

/// Returns the `type` of a parameter that is an object.
fn kind(value: &Value) -> &str {
    value.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Replaces the parameters in a path by their values.
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
                        format!("placeholder {{{name}}} refers to a cursor parameter; use {{incremental.start_value}} instead");
                    diagnostics.push(keys.diagnostic("path", problem));
                    Vec::new()
                }
                // the missing key has been reported
                _ => Vec::new(),
            }
        }
        Some(Value::Array(_)) => {
            diagnostics
                .push(keys.diagnostic("path", format!("placeholder {{{name}}} refers to a list, which a path cannot contain")));
            Vec::new()
        }
        None | Some(Value::Null) => {
            if let Ok(Some(time)) = RunTime::parse(name) {
                return vec![Part::Time(time)];
            }
            let names: Vec<_> = given.keys().map(String::as_str).collect();
            let given = if names.is_empty() { "which is empty".to_owned() } else { format!("which has {}", names.join(", ")) };
            let problem = format!("placeholder {{{name}}} is not in `params`, {given}; write {{{{ and }}}} for literal braces");
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

/// Returns the path parts of a parameter, formatted as the path requires.
fn param_value(value: &Value, format: Option<&FormatSpec>) -> Result<Vec<Part>, String> {
    if let (Value::Number(_) | Value::Bool(_), Some(format)) = (value, format) {
        let text = format.apply(value)?;
        return Ok(vec![if format.is_urlencoded() { Part::Literal(text) } else { Part::BoundParam(text) }]);
    }
    let parts = Template::parse(&plain_text(value), TemplateContext::Request)?.parts;
    if format.is_some() && parts.len() > 1 {
        return Err(
            "the path has a format for this parameter, but its value has several parts; format each part in the value instead"
                .to_owned(),
        );
    }
    Ok(parts.into_iter().map(|part| formatted(part.into_value(), format)).collect())
}

fn formatted(part: Part, format: Option<&FormatSpec>) -> Part {
    match format {
        Some(format) => Part::Formatted(Box::new(part), format.clone()),
        None => part,
    }
}
