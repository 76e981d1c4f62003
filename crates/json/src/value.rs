//! Owned JSON values.

use indexmap::IndexMap;

use crate::Number;

/// The entries of an object, in order.
pub type Object = IndexMap<String, Value>;

/// An owned JSON value: ordered and lossless.
///
/// ```
/// use catchment_json::Value;
///
/// let row = Value::object([("id", Value::from(7)), ("name", Value::from("Rhine"))]);
/// assert_eq!(row.to_string(), r#"{"id":7,"name":"Rhine"}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// Creates an object from `entries`; the last of several equal keys takes precedence.
    pub fn object<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Object(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// Parses JSON text.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not exactly one JSON value.
    pub fn parse(text: &str) -> Result<Value, crate::ParseError> {
        crate::Document::parse(text.as_bytes().to_vec()).map(|document| document.root().to_value())
    }

    /// Returns the value of `key`, or `None` if this is not an object or has no such key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }

    /// Returns the string, or `None` for other types.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = self { Some(text) } else { None }
    }

    /// Returns a string without quotes, and any other value as compact JSON. Used for values in URLs.
    pub fn to_plain_text(&self) -> String {
        self.as_str().map_or_else(|| self.to_string(), str::to_owned)
    }

    /// Returns the boolean, or `None` for other types.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(b) = self { Some(*b) } else { None }
    }

    /// Returns the integer, or `None` for other types and for integers that do not fit.
    pub fn as_i64(&self) -> Option<i64> {
        if let Value::Number(n) = self { n.as_i64() } else { None }
    }

    /// Returns the elements of an array, or `None` for other types.
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Value::Array(elements) = self { Some(elements) } else { None }
    }

    /// Returns the entries of an object, or `None` for other types.
    pub fn as_object(&self) -> Option<&Object> {
        if let Value::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the entries of an object for modification, or `None` for other types.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        if let Value::Object(object) = self { Some(object) } else { None }
    }

    /// Returns whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Returns the type with its article, such as `a list` or `a string`, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

impl std::fmt::Display for Value {
    /// Writes compact JSON, or indented JSON with `{:#}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        if f.alternate() {
            crate::pretty::write_pretty(self, 0, &mut out);
        } else {
            crate::write_value(self, false, &mut out);
        }
        f.write_str(&out)
    }
}

macro_rules! from {
    ($($from:ty => $make:expr;)*) => {$(
        impl From<$from> for Value {
            fn from(v: $from) -> Value {
                #[allow(clippy::redundant_closure_call, reason = "some lines pass a closure")]
                ($make)(v)
            }
        }
    )*};
}

from! {
    bool => Value::Bool;
    i32 => |v| Value::Number(Number::from(i64::from(v)));
    i64 => |v| Value::Number(Number::from(v));
    u32 => |v| Value::Number(Number::from(u64::from(v)));
    u64 => |v| Value::Number(Number::from(v));
    f64 => |v| Value::Number(Number::from(v));
    &str => |v: &str| Value::String(v.to_owned());
    String => Value::String;
    Vec<Value> => Value::Array;
    Object => Value::Object;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Null, Into::into)
    }
}
