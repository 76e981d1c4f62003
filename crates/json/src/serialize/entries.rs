//! Serialization of maps and structs.

use serde::Serialize;
use serde::ser::{Error, SerializeMap, SerializeStruct, SerializeStructVariant};

use super::container::Container;
use super::key::MapKeySerializer;
use super::{SerializeError, TapeSerializer};
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// An object under construction. Equal keys are all written; readers use the last one.
pub(crate) struct SerializeObject<'b> {
    container: Container<'b>,
    /// The key whose value comes next.
    key: Option<String>,
}

impl<'b> SerializeObject<'b> {
    pub(super) fn new(tape: &'b mut TapeBuilder, variant: Option<&'static str>) -> Self {
        SerializeObject { container: Container::open(tape, Tag::Object, variant), key: None }
    }

    fn insert<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), SerializeError> {
        self.container.tape.string(key);
        value
            .serialize(TapeSerializer(self.container.tape))
            .map_err(|error| self.container.with_variant(error.with_parent_key(key)))
    }
}

impl SerializeMap for SerializeObject<'_> {
    type Ok = ();
    type Error = SerializeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerializeError> {
        self.key = Some(key.serialize(MapKeySerializer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerializeError> {
        let key = self.key.take().ok_or_else(|| SerializeError::custom("found a map value before its key"))?;
        self.insert(&key, value)
    }

    fn end(self) -> Result<(), SerializeError> {
        self.container.close();
        Ok(())
    }
}

macro_rules! fields {
    ($($shape:ident)*) => {$(
        impl $shape for SerializeObject<'_> {
            type Ok = ();
            type Error = SerializeError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerializeError> {
                self.insert(name, value)
            }

            fn end(self) -> Result<(), SerializeError> {
                self.container.close();
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }
