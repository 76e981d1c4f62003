//! The schema of specs. Validates specs and generates their JSON Schema.

mod check;
mod json_schema;

use catchment_json::Value;

pub(crate) use check::{check, suggest, unknown_name};
pub use json_schema::json_schema;

/// An object with a fixed set of keys.
pub(crate) struct ObjectSchema {
    /// The name of the definition in the JSON Schema.
    pub(crate) name: &'static str,
    /// The description.
    pub(crate) doc: &'static str,
    pub(crate) fields: &'static [FieldSchema],
    /// Whether keys that begin with `x-` are allowed.
    pub(crate) has_extensions: bool,
}

/// A key of an object.
pub(crate) struct FieldSchema {
    pub(crate) key: &'static str,
    pub(crate) kind: ValueType,
    pub(crate) doc: &'static str,
    pub(crate) is_required: bool,
}

/// The type of a value. Null counts as a missing value.
#[derive(Clone, Copy)]
pub(crate) enum ValueType {
    /// A string without references and placeholders.
    Text,
    /// A string that is not blank, without references and placeholders.
    Name,
    /// A string that may contain references and placeholders.
    Template,
    Bool,
    /// An integer in a range.
    Integer(i64, i64),
    Number,
    /// A string or a list of strings.
    Names,
    /// A JSONPath.
    JsonPath,
    /// One of several names.
    OneOf(&'static [&'static str]),
    /// Any value; its strings may contain references and placeholders.
    Any,
    Object(&'static ObjectSchema),
    ListOf(&'static ValueType),
    /// An object with arbitrary keys and values of one type.
    MapOf(&'static ValueType),
    /// The first type that accepts the value, and the description of the expected value for messages.
    Either(&'static [ValueType], &'static str),
    /// An object with keys that depend on its `type`, or the type alone.
    Tagged(&'static TaggedUnion),
    /// A key of dlt that this version does not support, with the remedy.
    Unsupported(&'static str),
}

/// Objects that are distinguished by their `type`.
pub(crate) struct TaggedUnion {
    /// The name of the group, such as `paginator`.
    pub(crate) name: &'static str,
    /// The default type.
    pub(crate) default: &'static str,
    pub(crate) variants: &'static [(&'static str, &'static ObjectSchema)],
    /// Whether an unknown type may be a misplaced secret and is not shown.
    pub(crate) is_secret: bool,
}

impl TaggedUnion {
    /// Returns the type of a value, which is a type name or an object.
    pub(crate) fn type_of<'v>(&self, value: &'v Value) -> &'v str {
        value.as_str().or_else(|| value.get("type")?.as_str()).unwrap_or(self.default)
    }

    /// Returns all keys of a value except `type`: the settings of a custom type.
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

/// A nonnegative integer.
pub(crate) const COUNT: ValueType = ValueType::Integer(0, i64::MAX);
