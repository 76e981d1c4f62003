//! Serialization of sequences and tuples.

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant};

use super::{SerializeError, ValueSerializer, wrap_variant};
use crate::Value;

/// A list under construction.
pub(super) struct SerializeVec {
    /// The enum variant whose content this list is.
    variant: Option<&'static str>,
    elements: Vec<Value>,
}

impl SerializeVec {
    pub(super) fn new(variant: Option<&'static str>, len: Option<usize>) -> Self {
        SerializeVec { variant, elements: Vec::with_capacity(len.unwrap_or(0)) }
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), SerializeError> {
        let element = element.serialize(ValueSerializer).map_err(|error| {
            let error = error.with_parent_index(self.elements.len());
            self.variant.into_iter().fold(error, SerializeError::with_parent_key)
        })?;
        self.elements.push(element);
        Ok(())
    }

    fn finish(self) -> Value {
        wrap_variant(self.variant, Value::Array(self.elements))
    }
}

macro_rules! list {
    ($($shape:ident $push:ident)*) => {$(
        impl $shape for SerializeVec {
            type Ok = Value;
            type Error = SerializeError;

            fn $push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), SerializeError> {
                self.push(element)
            }

            fn end(self) -> Result<Value, SerializeError> {
                Ok(self.finish())
            }
        }
    )*};
}

list! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}
