//! Serialization of maps and structs.

use serde::Serialize;
use serde::ser::{Error, SerializeMap, SerializeStruct, SerializeStructVariant};

use super::key::MapKeySerializer;
use super::{SerializeError, ValueSerializer, wrap_variant};
use crate::{Object, Value};

/// An object under construction.
pub(super) struct SerializeObject {
    /// The enum variant whose content this object is.
    variant: Option<&'static str>,
    /// The key whose value comes next.
    key: Option<String>,
    object: Object,
}

impl SerializeObject {
    pub(super) fn new(variant: Option<&'static str>, len: Option<usize>) -> Self {
        SerializeObject { variant, key: None, object: Object::with_capacity(len.unwrap_or(0)) }
    }

    fn insert<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), SerializeError> {
        let value = value.serialize(ValueSerializer).map_err(|error| {
            let error = error.with_parent_key(&key);
            self.variant.into_iter().fold(error, SerializeError::with_parent_key)
        })?;
        self.object.insert(key, value);
        Ok(())
    }

    fn finish(self) -> Value {
        wrap_variant(self.variant, Value::Object(self.object))
    }
}

impl SerializeMap for SerializeObject {
    type Ok = Value;
    type Error = SerializeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerializeError> {
        self.key = Some(key.serialize(MapKeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerializeError> {
        let key = self.key.take().ok_or_else(|| SerializeError::custom("found a map value before its key"))?;
        self.insert(key, value)
    }

    fn end(self) -> Result<Value, SerializeError> {
        Ok(self.finish())
    }
}

macro_rules! fields {
    ($($shape:ident)*) => {$(
        impl $shape for SerializeObject {
            type Ok = Value;
            type Error = SerializeError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerializeError> {
                self.insert(name.to_owned(), value)
            }

            fn end(self) -> Result<Value, SerializeError> {
                Ok(self.finish())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }
