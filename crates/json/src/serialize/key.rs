//! Serialization of map keys.

use std::fmt::Display;

use serde::ser::Impossible;
use serde::{Serialize, Serializer};

use super::{SerializeError, shortest_number};
use crate::Number;

/// Serializes a map key to a string, and rejects keys that have no string form.
pub(super) struct MapKeySerializer;

type NoKey = Impossible<String, SerializeError>;

impl MapKeySerializer {
    fn integer(self, integer: impl Display) -> Result<String, SerializeError> {
        Ok(integer.to_string())
    }
}

impl Serializer for MapKeySerializer {
    type Ok = String;
    type Error = SerializeError;
    type SerializeSeq = NoKey;
    type SerializeTuple = NoKey;
    type SerializeTupleStruct = NoKey;
    type SerializeTupleVariant = NoKey;
    type SerializeMap = NoKey;
    type SerializeStruct = NoKey;
    type SerializeStructVariant = NoKey;

    integers!();

    fn serialize_bool(self, b: bool) -> Result<String, SerializeError> {
        Ok(b.to_string())
    }

    fn serialize_f32(self, n: f32) -> Result<String, SerializeError> {
        number(&shortest_number(n))
    }

    fn serialize_f64(self, n: f64) -> Result<String, SerializeError> {
        number(&Number::from(n))
    }

    fn serialize_char(self, c: char) -> Result<String, SerializeError> {
        Ok(c.into())
    }

    fn serialize_str(self, text: &str) -> Result<String, SerializeError> {
        Ok(text.to_owned())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<String, SerializeError> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<String, SerializeError> {
        value.serialize(self)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<String, SerializeError> {
        Err(SerializeError::key("bytes"))
    }

    fn serialize_none(self) -> Result<String, SerializeError> {
        Err(SerializeError::key("null"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<String, SerializeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<String, SerializeError> {
        Err(SerializeError::key("null"))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<String, SerializeError> {
        Err(SerializeError::key("null"))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, SerializeError> {
        Err(SerializeError::key(VARIANT))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key("a list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key("a list"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key("a list"))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key(VARIANT))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key("an object"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key("an object"))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<NoKey, SerializeError> {
        Err(SerializeError::key(VARIANT))
    }
}

const VARIANT: &str = "a variant with content";

/// Returns the text of a numeric key.
fn number(number: &Number) -> Result<String, SerializeError> {
    if number.is_finite() { Ok(number.as_str().to_owned()) } else { Err(SerializeError::key("a number that is not finite")) }
}
