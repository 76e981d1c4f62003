//! Generates the JSON Schema of specs, for editors.

use catchment_json::{Object, Value};

use super::{FieldSchema, ObjectSchema, TaggedUnion, ValueType};
use crate::spec::SPEC;

/// Returns the JSON Schema (draft 2020-12) of spec files, which editors use for completion and validation. It covers the
/// checks of [`Spec::parse`](crate::Spec::parse), except for rules that involve several keys.
///
/// ```
/// let schema = catchment_rest_api::json_schema();
/// assert_eq!(schema.get("required").map(|keys| keys.to_string()), Some(r#"["client","resources"]"#.to_owned()));
/// ```
pub fn json_schema() -> Value {
    let mut definitions = Object::new();
    let mut schema = Object::new();
    schema.insert("$schema".to_owned(), Value::from("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), Value::from("A REST API source of catchment"));
    schema.extend(object(&SPEC, None, &mut definitions));
    definitions.sort_keys();
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(schema)
}

fn object(shape: &'static ObjectSchema, tag: Option<(&'static str, bool)>, definitions: &mut Object) -> Object {
    let mut properties = Object::new();
    let mut required = Vec::new();
    if let Some((name, is_default)) = tag {
        properties.insert("type".to_owned(), entries([("const", Value::from(name))]));
        if !is_default {
            required.push("type");
        }
    }
    for FieldSchema { key, kind, doc, is_required } in shape.fields {
        if let ValueType::Unsupported(_) = kind {
            continue;
        }
        let property = of_kind(kind, definitions);
        let mut property = if *is_required { property } else { or_null(property) };
        if let Some(property) = property.as_object_mut() {
            property.insert("description".to_owned(), Value::from(*doc));
        }
        properties.insert((*key).to_owned(), property);
        if *is_required {
            required.push(*key);
        }
    }
    let mut schema = Object::new();
    schema.insert("description".to_owned(), Value::from(shape.doc));
    schema.insert("type".to_owned(), Value::from("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if shape.has_extensions {
        schema.insert("patternProperties".to_owned(), entries([("^x-", Value::from(true))]));
    }
    schema.insert("additionalProperties".to_owned(), Value::from(false));
    if !required.is_empty() {
        schema.insert("required".to_owned(), texts(required));
    }
    schema
}

fn of_kind(kind: &'static ValueType, definitions: &mut Object) -> Value {
    let of_type = |name: &str| entries([("type", Value::from(name))]);
    match kind {
        ValueType::Text | ValueType::Template | ValueType::JsonPath => of_type("string"),
        ValueType::Name => entries([("type", Value::from("string")), ("minLength", Value::from(1))]),
        ValueType::Bool => of_type("boolean"),
        ValueType::Number => of_type("number"),
        ValueType::Integer(from, to) => {
            let mut schema = entries([("type", Value::from("integer")), ("minimum", Value::from(*from))]);
            if let (Some(schema), true) = (schema.as_object_mut(), *to < i64::MAX) {
                schema.insert("maximum".to_owned(), Value::from(*to));
            }
            schema
        }
        ValueType::Names => entries([(
            "anyOf",
            Value::from(vec![of_type("string"), entries([("type", Value::from("array")), ("items", of_type("string"))])]),
        )]),
        ValueType::OneOf(names) => entries([("enum", texts(names.iter().copied()))]),
        ValueType::Any | ValueType::Unsupported(_) => entries([]),
        ValueType::Object(shape) => reference(shape.name, definitions, |definitions| object(shape, None, definitions)),
        ValueType::ListOf(each) => entries([("type", Value::from("array")), ("items", of_kind(each, definitions))]),
        ValueType::MapOf(each) => {
            entries([("type", Value::from("object")), ("additionalProperties", or_null(of_kind(each, definitions)))])
        }
        ValueType::Either(kinds, _) => {
            let kinds: Vec<_> = kinds.iter().map(|kind| of_kind(kind, definitions)).collect();
            entries([("anyOf", Value::from(kinds))])
        }
        ValueType::Tagged(tagged) => reference(tagged.name, definitions, |definitions| variants(tagged, definitions)),
    }
}

/// Allows null in addition to `schema`, because null counts as a missing value.
fn or_null(mut schema: Value) -> Value {
    let null = || entries([("type", Value::from("null"))]);
    let Some(keys) = schema.as_object_mut() else { return schema };
    if keys.is_empty() {
        return schema;
    }
    if let Some(Value::Array(any)) = keys.get_mut("anyOf") {
        any.push(null());
        return schema;
    }
    entries([("anyOf", Value::from(vec![schema, null()]))])
}

fn variants(tagged: &'static TaggedUnion, definitions: &mut Object) -> Object {
    let names: Vec<_> = tagged.variants.iter().map(|(name, _)| *name).collect();
    let mut any = vec![entries([("enum", texts(names))])];
    for (name, shape) in tagged.variants {
        any.push(Value::Object(object(shape, Some((name, *name == tagged.default)), definitions)));
    }
    Object::from_iter([("anyOf".to_owned(), Value::from(any))])
}

/// Returns a reference to a definition, and creates the definition if it does not exist.
fn reference(name: &'static str, definitions: &mut Object, make: impl FnOnce(&mut Object) -> Object) -> Value {
    if !definitions.contains_key(name) {
        // the definition may be recursive
        definitions.insert(name.to_owned(), Value::Null);
        let made = make(definitions);
        definitions.insert(name.to_owned(), Value::Object(made));
    }
    entries([("$ref", Value::from(format!("#/$defs/{name}")))])
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Value {
    Value::Array(texts.into_iter().map(Value::from).collect())
}

fn entries<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}
