//! A value against its shape: everything that is wrong with it.

use catchment_json::{Path, Value};
use catchment_schema::naming;

use super::{Field, Kind, Shape, Tagged};
use crate::Mistake;
use crate::key_path::join;
use crate::template::has_reference;

/// How many names a message lists.
const MAX_NAMES: usize = 50;

/// The names of own types, by what they are: `paginator`, `auth`.
type Own<'o> = dyn Fn(&str) -> Vec<String> + 'o;

/// Notes what is wrong with `value`, which stands at `path`.
pub(crate) fn check(value: &Value, kind: &Kind, path: &str, own: &Own<'_>, mistakes: &mut Vec<Mistake>) {
    let mut note = |problem: String| mistakes.push(Mistake::new(path, problem));
    match kind {
        Kind::Any => {}
        Kind::Text | Kind::Name => {
            if !takes(kind, value) {
                mistakes.push(wrong(path, expected(kind), value));
            } else if matches!(kind, Kind::Name) && value.as_str().is_some_and(|name| name.trim().is_empty()) {
                note("the name is empty".to_owned());
            } else if value.as_str().is_some_and(has_reference) {
                note("found a reference `${…}`, which can stand in URLs, headers, parameters, bodies, `auth`, `initial_value` and `end_value` only".to_owned());
            }
        }
        Kind::Integer(from, to) => match value.as_i64() {
            None => mistakes.push(wrong(path, expected(kind), value)),
            Some(number) if !(*from..=*to).contains(&number) => note(format!("found {number}, expected {from} to {to}")),
            Some(_) => {}
        },
        Kind::JsonPath => match value.as_str().map(Path::parse) {
            None => mistakes.push(wrong(path, expected(kind), value)),
            Some(Err(error)) => note(error.to_string()),
            Some(Ok(_)) => {}
        },
        Kind::OneOf(names) => match value.as_str() {
            None => mistakes.push(wrong(path, expected(kind), value)),
            Some(name) if !names.contains(&name) => note(unknown(name, names)),
            Some(_) => {}
        },
        Kind::ListOf(each) => match value.as_array() {
            None => mistakes.push(wrong(path, expected(kind), value)),
            Some(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    check(element, each, &format!("{path}[{index}]"), own, mistakes);
                }
            }
        },
        Kind::MapOf(each) => match value.as_object() {
            None => mistakes.push(wrong(path, expected(kind), value)),
            Some(entries) => {
                for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
                    check(value, each, &join(path, key), own, mistakes);
                }
            }
        },
        Kind::Object(shape) => object(value, shape, path, own, mistakes),
        Kind::Either(kinds, expected) => match kinds.iter().find(|kind| takes(kind, value)) {
            None => mistakes.push(wrong(path, expected, value)),
            Some(kind) => check(value, kind, path, own, mistakes),
        },
        Kind::Tagged(tagged) => self::tagged(value, tagged, path, own, mistakes),
        Kind::Refused(instead) => note(format!("this version does not support it; {instead}")),
        Kind::Template | Kind::Bool | Kind::Number | Kind::Names => {
            if !takes(kind, value) {
                mistakes.push(wrong(path, expected(kind), value));
            }
        }
    }
}

fn object(value: &Value, shape: &Shape, path: &str, own: &Own<'_>, mistakes: &mut Vec<Mistake>) {
    fields(value, shape, None, path, own, mistakes);
}

/// Checks the entries of an object; `tag` is a key beyond those of the shape.
fn fields(value: &Value, shape: &Shape, tag: Option<&'static str>, path: &str, own: &Own<'_>, mistakes: &mut Vec<Mistake>) {
    let Some(entries) = value.as_object() else {
        mistakes.push(wrong(path, "an object", value));
        return;
    };
    for field in shape.fields {
        match entries.get(field.key) {
            // `null` is a key that is not given
            None | Some(Value::Null) => {
                if field.is_required {
                    let expected = match field.kind {
                        Kind::OneOf(names) => format!("one of {}", names.join(", ")),
                        kind => expected(&kind).to_owned(),
                    };
                    mistakes.push(Mistake::new(join(path, field.key), format!("it is missing; expected {expected}")));
                }
            }
            Some(value) => check(value, &field.kind, &join(path, field.key), own, mistakes),
        }
    }
    let is_field = |key: &str| tag == Some(key) || shape.fields.iter().any(|field| field.key == key);
    let is_extension = |key: &str| shape.has_extensions && key.starts_with("x-");
    for key in entries.keys().filter(|key| !is_field(key) && !is_extension(key)) {
        let known: Vec<_> = shape.fields.iter().filter(|field| is_offered(field)).map(|field| field.key).chain(tag).collect();
        mistakes.push(Mistake::new(join(path, key), format!("unknown key; {}", nearest(key, &known))));
    }
}

fn is_offered(field: &Field) -> bool {
    !matches!(field.kind, Kind::Refused(_))
}

fn tagged(value: &Value, tagged: &Tagged, path: &str, own: &Own<'_>, mistakes: &mut Vec<Mistake>) {
    let empty = Value::object::<String>([]);
    let (name, value, name_path) = match value {
        Value::Text(name) => (name.as_str(), &empty, path.to_owned()),
        Value::Object(entries) => match entries.get("type") {
            None | Some(Value::Null) if tagged.default.is_empty() => {
                let names: Vec<_> = tagged.variants.iter().map(|(name, _)| *name).collect();
                mistakes.push(Mistake::new(join(path, "type"), format!("it is missing; expected one of {}", names.join(", "))));
                return;
            }
            None | Some(Value::Null) => (tagged.default, value, join(path, "type")),
            Some(Value::Text(name)) => (name.as_str(), value, join(path, "type")),
            Some(other) => {
                mistakes.push(wrong(&join(path, "type"), "a string", other));
                return;
            }
        },
        other => {
            mistakes.push(wrong(path, "a name or an object", other));
            return;
        }
    };
    let own_names = own(tagged.name);
    if let Some((_, shape)) = tagged.variants.iter().find(|(variant, _)| *variant == name) {
        fields(value, shape, Some("type"), path, own, mistakes);
    } else if !own_names.iter().any(|own| own == name) {
        let names: Vec<_> = tagged.variants.iter().map(|(name, _)| *name).chain(own_names.iter().map(String::as_str)).collect();
        // where credentials are meant, what stands there may be one
        let problem =
            if tagged.is_secret { format!("there is no such type; {}", nearest(name, &names)) } else { unknown(name, &names) };
        mistakes.push(Mistake::new(name_path, problem));
    }
}

/// Whether a value is of the kind, looked at from outside.
fn takes(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Text | Kind::Name | Kind::Template | Kind::JsonPath | Kind::OneOf(_) => value.as_str().is_some(),
        Kind::Bool => value.as_bool().is_some(),
        Kind::Integer(..) => value.as_i64().is_some(),
        Kind::Number => matches!(value, Value::Number(_)),
        Kind::Names => match value {
            Value::Text(_) => true,
            Value::Array(names) => names.iter().all(|name| name.as_str().is_some()),
            _ => false,
        },
        Kind::Object(_) | Kind::MapOf(_) => value.as_object().is_some(),
        Kind::ListOf(_) => value.as_array().is_some(),
        Kind::Either(kinds, _) => kinds.iter().any(|kind| takes(kind, value)),
        Kind::Tagged(_) => value.as_str().is_some() || value.as_object().is_some(),
        Kind::Any | Kind::Refused(_) => true,
    }
}

/// What a kind is called in messages.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Name | Kind::Template | Kind::JsonPath | Kind::OneOf(_) => "a string",
        Kind::Bool => "true or false",
        Kind::Integer(..) => "an integer",
        Kind::Number => "a number",
        Kind::Names => "a string or a list of strings",
        Kind::Object(_) | Kind::MapOf(_) => "an object",
        Kind::ListOf(_) => "a list",
        Kind::Either(_, expected) => expected,
        Kind::Tagged(_) => "a name or an object",
        Kind::Any | Kind::Refused(_) => "a value",
    }
}

/// Another kind of value than expected. The value itself is not shown: it may be a secret.
fn wrong(path: &str, expected: &str, found: &Value) -> Mistake {
    Mistake::new(path, format!("found {}, expected {expected}", found.kind_name()))
}

/// A name that is none of `names`.
pub(crate) fn unknown(found: &str, names: &[&str]) -> String {
    format!("found {found:?}; {}", nearest(found, names))
}

pub(crate) fn nearest(found: &str, names: &[&str]) -> String {
    match naming::nearest(found, names.iter().copied(), 500) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.len() > MAX_NAMES => {
            let shown = names.get(..MAX_NAMES).unwrap_or_default().join(", ");
            format!("expected one of {shown} and {} more", names.len() - MAX_NAMES)
        }
        None => format!("expected one of {}", names.join(", ")),
    }
}
