//! Serialization of sequences and tuples.

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant};

use super::{SerializeError, TapeSerializer, open_variant};
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// A list under construction.
pub(crate) struct SerializeList<'b> {
    tape: &'b mut TapeBuilder,
    at: usize,
    /// The number of elements.
    len: usize,
    /// The enum variant whose content this list is, and the position of the object around it.
    variant: Option<(&'static str, usize)>,
}

impl<'b> SerializeList<'b> {
    pub(super) fn new(tape: &'b mut TapeBuilder, variant: Option<&'static str>) -> Self {
        let variant = variant.map(|variant| (variant, open_variant(tape, variant)));
        let at = tape.open(Tag::Array);
        SerializeList { tape, at, len: 0, variant }
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), SerializeError> {
        element.serialize(TapeSerializer(self.tape)).map_err(|error| {
            let error = error.with_parent_index(self.len);
            self.variant.iter().fold(error, |error, (variant, _)| error.with_parent_key(variant))
        })?;
        self.len += 1;
        Ok(())
    }

    fn finish(self) {
        self.tape.close(self.at);
        self.variant.into_iter().for_each(|(_, object)| self.tape.close(object));
    }
}

macro_rules! list {
    ($($shape:ident $push:ident)*) => {$(
        impl $shape for SerializeList<'_> {
            type Ok = ();
            type Error = SerializeError;

            fn $push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), SerializeError> {
                self.push(element)
            }

            fn end(self) -> Result<(), SerializeError> {
                self.finish();
                Ok(())
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
