//! Serialization of maps and structs.

use serde::Serialize;
use serde::ser::{Error, SerializeMap, SerializeStruct, SerializeStructVariant};

use super::key::MapKeySerializer;
use super::{SerializeError, TapeSerializer, open_variant};
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// An object under construction. Equal keys are all written; readers use the last one.
pub(crate) struct SerializeObject<'b> {
    tape: &'b mut TapeBuilder,
    at: usize,
    /// The key whose value comes next.
    key: Option<String>,
    /// The enum variant whose content this object is, and the position of the object around it.
    variant: Option<(&'static str, usize)>,
}

impl<'b> SerializeObject<'b> {
    pub(super) fn new(tape: &'b mut TapeBuilder, variant: Option<&'static str>) -> Self {
        let variant = variant.map(|variant| (variant, open_variant(tape, variant)));
        let at = tape.open(Tag::Object);
        SerializeObject { tape, at, key: None, variant }
    }

    fn insert<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), SerializeError> {
        self.tape.string(key);
        value.serialize(TapeSerializer(self.tape)).map_err(|error| {
            let error = error.with_parent_key(key);
            self.variant.iter().fold(error, |error, (variant, _)| error.with_parent_key(variant))
        })
    }

    fn finish(self) {
        self.tape.close(self.at);
        self.variant.into_iter().for_each(|(_, object)| self.tape.close(object));
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
        self.finish();
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
                self.finish();
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }
