//! What may stand where in a spec: the one description that specs are checked against and the JSON Schema is made of.

mod check;
mod json_schema;

use catchment_json::Value;

pub(crate) use check::{check, suggest, unknown_name};
pub use json_schema::json_schema;

/// An object with known keys.
pub(crate) struct ObjectSchema {
    /// Its name in the JSON Schema.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) doc: &'static str,
    pub(crate) fields: &'static [FieldSchema],
    /// Whether it may have keys that begin with `x-`.
    pub(crate) has_extensions: bool,
}

/// A key of an object.
pub(crate) struct FieldSchema {
    pub(crate) key: &'static str,
    pub(crate) kind: ValueType,
    pub(crate) doc: &'static str,
    pub(crate) is_required: bool,
}

/// What may stand under a key. Null stands for what is not there.
#[derive(Clone, Copy)]
pub(crate) enum ValueType {
    /// A string, taken as it is.
    Text,
    /// A string that is not blank, taken as it is.
    Name,
    /// A string in which references and placeholders may stand.
    Template,
    Bool,
    /// An integer in a range.
    Integer(i64, i64),
    Number,
    /// A string or a list of strings.
    Names,
    /// A JSONPath.
    JsonPath,
    /// One of some names.
    OneOf(&'static [&'static str]),
    /// Whatever JSON has; references and placeholders may stand in its strings.
    Any,
    Object(&'static ObjectSchema),
    ListOf(&'static ValueType),
    /// An object of any keys, whose values are all alike.
    MapOf(&'static ValueType),
    /// The first of them that takes a value of the kind that is found; and what to say that was expected.
    Either(&'static [ValueType], &'static str),
    /// An object whose `type` says which keys it has, or that type alone.
    Tagged(&'static TaggedUnion),
    /// What the reference has and this version has not; and what to do instead.
    Unsupported(&'static str),
}

/// Objects that are told apart by their `type`.
pub(crate) struct TaggedUnion {
    /// What they are called: `paginator`.
    pub(crate) name: &'static str,
    /// The type of an object that names none.
    pub(crate) default: &'static str,
    pub(crate) variants: &'static [(&'static str, &'static ObjectSchema)],
    /// Whether a name that is none of them may be a secret, which is not shown.
    pub(crate) is_secret: bool,
}

impl TaggedUnion {
    /// The type that a value names, which is a name alone or an object.
    pub(crate) fn type_of<'v>(&self, value: &'v Value) -> &'v str {
        value.as_str().or_else(|| value.get("type")?.as_str()).unwrap_or(self.default)
    }

    /// All other keys of a value, which are the settings of an own type.
    pub(crate) fn settings(value: &Value) -> Value {
        let others = value.as_object().into_iter().flatten().filter(|(key, _)| *key != "type");
        Value::object(others.map(|(key, value)| (key.clone(), value.clone())))
    }
}

impl FieldSchema {
    pub(crate) const fn new(key: &'static str, kind: ValueType, doc: &'static str) -> FieldSchema {
        FieldSchema { key, kind, doc, is_required: false }
    }

    pub(crate) const fn required(key: &'static str, kind: ValueType, doc: &'static str) -> FieldSchema {
        FieldSchema { key, kind, doc, is_required: true }
    }
}

impl ObjectSchema {
    pub(crate) const fn new(name: &'static str, doc: &'static str, fields: &'static [FieldSchema]) -> ObjectSchema {
        ObjectSchema { name, doc, fields, has_extensions: false }
    }
}

/// A number of 0 or more.
pub(crate) const COUNT: ValueType = ValueType::Integer(0, i64::MAX);
