//! Conversion of any serializable type to a value.

/// Serializer methods for all integer types; each passes its digits to `self.integer`.
macro_rules! integers {
    () => {
        integers! {
            serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
            serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
        }
    };
    ($($method:ident: $integer:ty),*) => {$(
        fn $method(self, n: $integer) -> Result<Self::Ok, Self::Error> {
            self.integer(n.to_string())
        }
    )*};
}

mod entries;
mod error;
mod foreign;
mod key;
mod list;
#[cfg(test)]
mod number_tests;
#[cfg(test)]
mod tests;

use serde::{Serialize, Serializer};

use self::entries::SerializeObject;
use self::list::SerializeVec;
use crate::{Number, Object, Value};

pub use self::error::{SerializeError, SerializeErrorKind};

/// Converts `value` to a [`Value`], in the shape that `serde_json` would write.
///
/// Integers of up to 128 bits are exact. A float becomes the shortest text that parses to the same float of its width. `NaN`
/// and the infinities are kept. A [`Value`] or [`Number`] inside `value` keeps its numeric value, though its text may
/// change, such as 1.50 to 1.5. Fields and entries keep their order; the last of several equal keys takes precedence.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct River {
///     name: &'static str,
///     length_km: Option<f32>,
/// }
///
/// let row = catchment_json::to_value(&River { name: "Rhine", length_km: Some(1232.7) })?;
/// assert_eq!(row.to_string(), r#"{"name":"Rhine","length_km":1232.7}"#);
/// # Ok::<(), catchment_json::SerializeError>(())
/// ```
///
/// # Errors
///
/// Returns an error if a map key cannot be a string, or if a `Serialize` implementation fails.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, SerializeError> {
    value.serialize(ValueSerializer)
}

/// The serializer of [`to_value`].
struct ValueSerializer;

impl ValueSerializer {
    fn integer(self, digits: String) -> Result<Value, SerializeError> {
        Ok(Value::Number(Number::from_source(digits)))
    }
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = SerializeError;
    type SerializeSeq = SerializeVec;
    type SerializeTuple = SerializeVec;
    type SerializeTupleStruct = SerializeVec;
    type SerializeTupleVariant = SerializeVec;
    type SerializeMap = SerializeObject;
    type SerializeStruct = SerializeObject;
    type SerializeStructVariant = SerializeObject;

    integers!();

    fn serialize_bool(self, b: bool) -> Result<Value, SerializeError> {
        Ok(Value::Bool(b))
    }

    fn serialize_f32(self, n: f32) -> Result<Value, SerializeError> {
        // The shortest text of the double would show digits that the `f32` does not have.
        Ok(Value::Number(if n.is_finite() { Number::from_source(format!("{n:?}")) } else { Number::from(f64::from(n)) }))
    }

    fn serialize_f64(self, n: f64) -> Result<Value, SerializeError> {
        Ok(Value::from(n))
    }

    fn serialize_char(self, c: char) -> Result<Value, SerializeError> {
        Ok(Value::String(c.into()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, SerializeError> {
        Ok(Value::from(text))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Value, SerializeError> {
        Ok(Value::Array(bytes.iter().map(|byte| Value::from(u32::from(*byte))).collect()))
    }

    fn serialize_none(self) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, SerializeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, SerializeError> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, SerializeError> {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Value, SerializeError> {
        match value.serialize(self)? {
            Value::String(text) if name == foreign::NUMBER => Ok(number(text)),
            content => Ok(content),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, SerializeError> {
        let content = value.serialize(self).map_err(|error| error.with_parent_key(variant))?;
        Ok(wrap_variant(Some(variant), content))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<SerializeVec, SerializeError> {
        Ok(SerializeVec::new(None, len))
    }

    fn serialize_tuple(self, len: usize) -> Result<SerializeVec, SerializeError> {
        Ok(SerializeVec::new(None, Some(len)))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<SerializeVec, SerializeError> {
        Ok(SerializeVec::new(None, Some(len)))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<SerializeVec, SerializeError> {
        Ok(SerializeVec::new(Some(variant), Some(len)))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<SerializeObject, SerializeError> {
        Ok(SerializeObject::new(None, len))
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<SerializeObject, SerializeError> {
        Ok(SerializeObject::new(None, Some(len)))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<SerializeObject, SerializeError> {
        Ok(SerializeObject::new(Some(variant), Some(len)))
    }
}

/// Parses `text` as a number. Returns the text itself if it is not a number: another crate may use the same newtype name.
fn number(text: String) -> Value {
    match Value::parse(&text) {
        Ok(Value::Number(number)) => Value::Number(number),
        _ => Value::String(text),
    }
}

/// Wraps `content` in an object with the key `variant`, if any.
fn wrap_variant(variant: Option<&'static str>, content: Value) -> Value {
    match variant {
        Some(variant) => Value::Object(Object::from([(variant.to_owned(), content)])),
        None => content,
    }
}
