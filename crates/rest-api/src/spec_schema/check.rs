//! Validates a value against its schema and reports all errors.

use catchment_json::{JsonPath, Value};
use catchment_schema::naming;

use super::{FieldSchema, ObjectSchema, TaggedUnion, ValueType};
use crate::SpecDiagnostic;
use crate::key_path::join;
use crate::template::has_reference;

/// The maximum number of names in a message.
const MAX_NAMES: usize = 50;

/// Returns the registered type names of a group such as `paginator` or `auth`.
type CustomTypes<'o> = dyn Fn(&str) -> Vec<String> + 'o;

/// Reports all errors in `value`, which is located at `path`.
pub(crate) fn check(value: &Value, kind: &ValueType, path: &str, own: &CustomTypes<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    let mut note = |problem: String| diagnostics.push(SpecDiagnostic::new(path, problem));
    match kind {
        ValueType::Any => {}
        ValueType::Text | ValueType::Name => {
            if !accepts(kind, value) {
                diagnostics.push(type_mismatch(path, expected(kind), value));
            } else if matches!(kind, ValueType::Name) && value.as_str().is_some_and(|name| name.trim().is_empty()) {
                note("the name is empty".to_owned());
            } else if value.as_str().is_some_and(has_reference) {
                note("found a reference `${…}`; references are only supported in URLs, headers, parameters, bodies, `auth`, `initial_value` and `end_value`".to_owned());
            }
        }
        ValueType::Integer(from, to) => match value.as_i64() {
            None => diagnostics.push(type_mismatch(path, expected(kind), value)),
            Some(number) if !(*from..=*to).contains(&number) => note(format!("found {number}, expected {from} to {to}")),
            Some(_) => {}
        },
        ValueType::JsonPath => match value.as_str().map(JsonPath::parse) {
            None => diagnostics.push(type_mismatch(path, expected(kind), value)),
            Some(Err(error)) => note(error.to_string()),
            Some(Ok(_)) => {}
        },
        ValueType::OneOf(names) => match value.as_str() {
            None => diagnostics.push(type_mismatch(path, expected(kind), value)),
            Some(name) if !names.contains(&name) => note(unknown_name(name, names)),
            Some(_) => {}
        },
        ValueType::ListOf(each) => match value.as_array() {
            None => diagnostics.push(type_mismatch(path, expected(kind), value)),
            Some(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    check(element, each, &format!("{path}[{index}]"), own, diagnostics);
                }
            }
        },
        ValueType::MapOf(each) => match value.as_object() {
            None => diagnostics.push(type_mismatch(path, expected(kind), value)),
            Some(entries) => {
                for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
                    check(value, each, &join(path, key), own, diagnostics);
                }
            }
        },
        ValueType::Object(shape) => object(value, shape, path, own, diagnostics),
        ValueType::Either(kinds, expected) => match kinds.iter().find(|kind| accepts(kind, value)) {
            None => diagnostics.push(type_mismatch(path, expected, value)),
            Some(kind) => check(value, kind, path, own, diagnostics),
        },
        ValueType::Tagged(tagged) => self::tagged(value, tagged, path, own, diagnostics),
        ValueType::Unsupported(instead) => note(format!("not supported; {instead}")),
        ValueType::Template | ValueType::Bool | ValueType::Number | ValueType::Names => {
            if !accepts(kind, value) {
                diagnostics.push(type_mismatch(path, expected(kind), value));
            }
        }
    }
}

fn object(value: &Value, shape: &ObjectSchema, path: &str, own: &CustomTypes<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    fields(value, shape, None, path, own, diagnostics);
}

/// Checks the entries of an object. `tag` is an additional allowed key.
fn fields(
    value: &Value,
    shape: &ObjectSchema,
    tag: Option<&'static str>,
    path: &str,
    own: &CustomTypes<'_>,
    diagnostics: &mut Vec<SpecDiagnostic>,
) {
    let Some(entries) = value.as_object() else {
        diagnostics.push(type_mismatch(path, "an object", value));
        return;
    };
    for field in shape.fields {
        match entries.get(field.key) {
            // null counts as a missing key
            None | Some(Value::Null) => {
                if field.is_required {
                    let expected = match field.kind {
                        ValueType::OneOf(names) => format!("one of {}", names.join(", ")),
                        kind => expected(&kind).to_owned(),
                    };
                    diagnostics.push(SpecDiagnostic::new(
                        join(path, field.key),
                        format!("required key is missing; expected {expected}"),
                    ));
                }
            }
            Some(value) => check(value, &field.kind, &join(path, field.key), own, diagnostics),
        }
    }
    let is_field = |key: &str| tag == Some(key) || shape.fields.iter().any(|field| field.key == key);
    let is_extension = |key: &str| shape.has_extensions && key.starts_with("x-");
    for key in entries.keys().filter(|key| !is_field(key) && !is_extension(key)) {
        let known: Vec<_> = shape.fields.iter().filter(|field| is_offered(field)).map(|field| field.key).chain(tag).collect();
        diagnostics.push(SpecDiagnostic::new(join(path, key), format!("unknown key; {}", suggest(key, &known))));
    }
}

fn is_offered(field: &FieldSchema) -> bool {
    !matches!(field.kind, ValueType::Unsupported(_))
}

fn tagged(value: &Value, tagged: &TaggedUnion, path: &str, own: &CustomTypes<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    let empty = Value::object::<String>([]);
    let (name, value, name_path) = match value {
        Value::String(name) => (name.as_str(), &empty, path.to_owned()),
        Value::Object(entries) => match entries.get("type") {
            None | Some(Value::Null) if tagged.default.is_empty() => {
                let names: Vec<_> = tagged.variants.iter().map(|(name, _)| *name).collect();
                diagnostics.push(SpecDiagnostic::new(
                    join(path, "type"),
                    format!("required key is missing; expected one of {}", names.join(", ")),
                ));
                return;
            }
            None | Some(Value::Null) => (tagged.default, value, join(path, "type")),
            Some(Value::String(name)) => (name.as_str(), value, join(path, "type")),
            Some(other) => {
                diagnostics.push(type_mismatch(&join(path, "type"), "a string", other));
                return;
            }
        },
        other => {
            diagnostics.push(type_mismatch(path, "a name or an object", other));
            return;
        }
    };
    let own_names = own(tagged.name);
    if let Some((_, shape)) = tagged.variants.iter().find(|(variant, _)| *variant == name) {
        fields(value, shape, Some("type"), path, own, diagnostics);
    } else if !own_names.iter().any(|own| own == name) {
        let names: Vec<_> = tagged.variants.iter().map(|(name, _)| *name).chain(own_names.iter().map(String::as_str)).collect();
        // the value may be a misplaced secret
        let problem =
            if tagged.is_secret { format!("unknown type; {}", suggest(name, &names)) } else { unknown_name(name, &names) };
        diagnostics.push(SpecDiagnostic::new(name_path, problem));
    }
}

/// Returns whether a value has the outer type of `kind`, without checking its content.
fn accepts(kind: &ValueType, value: &Value) -> bool {
    match kind {
        ValueType::Text | ValueType::Name | ValueType::Template | ValueType::JsonPath | ValueType::OneOf(_) => {
            value.as_str().is_some()
        }
        ValueType::Bool => value.as_bool().is_some(),
        ValueType::Integer(..) => value.as_i64().is_some(),
        ValueType::Number => matches!(value, Value::Number(_)),
        ValueType::Names => match value {
            Value::String(_) => true,
            Value::Array(names) => names.iter().all(|name| name.as_str().is_some()),
            _ => false,
        },
        ValueType::Object(_) | ValueType::MapOf(_) => value.as_object().is_some(),
        ValueType::ListOf(_) => value.as_array().is_some(),
        ValueType::Either(kinds, _) => kinds.iter().any(|kind| accepts(kind, value)),
        ValueType::Tagged(_) => value.as_str().is_some() || value.as_object().is_some(),
        ValueType::Any | ValueType::Unsupported(_) => true,
    }
}

/// Returns the name of a type for messages.
fn expected(kind: &ValueType) -> &'static str {
    match kind {
        ValueType::Text | ValueType::Name | ValueType::Template | ValueType::JsonPath | ValueType::OneOf(_) => "a string",
        ValueType::Bool => "true or false",
        ValueType::Integer(..) => "an integer",
        ValueType::Number => "a number",
        ValueType::Names => "a string or a list of strings",
        ValueType::Object(_) | ValueType::MapOf(_) => "an object",
        ValueType::ListOf(_) => "a list",
        ValueType::Either(_, expected) => expected,
        ValueType::Tagged(_) => "a name or an object",
        ValueType::Any | ValueType::Unsupported(_) => "a value",
    }
}

/// Creates the diagnostic for a type mismatch. The value is not shown because it may be a secret.
fn type_mismatch(path: &str, expected: &str, found: &Value) -> SpecDiagnostic {
    SpecDiagnostic::new(path, format!("found {}, expected {expected}", found.type_name()))
}

/// Returns the message for a name that is not in `names`.
pub(crate) fn unknown_name(found: &str, names: &[&str]) -> String {
    format!("found {found:?}; {}", suggest(found, names))
}

pub(crate) fn suggest(found: &str, names: &[&str]) -> String {
    match naming::nearest(found, names.iter().copied(), 500) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.len() > MAX_NAMES => {
            let shown = names.get(..MAX_NAMES).unwrap_or_default().join(", ");
            format!("expected one of {shown} and {} more", names.len() - MAX_NAMES)
        }
        None => format!("expected one of {}", names.join(", ")),
    }
}
