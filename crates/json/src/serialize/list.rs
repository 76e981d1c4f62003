//! Serialization of sequences and tuples.

use serde::Serialize;
use serde::ser::{SerializeSeq, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant};

use super::container::Container;
use super::{SerializeError, TapeSerializer};
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;

/// A list under construction.
pub(crate) struct SerializeList<'b> {
    container: Container<'b>,
    /// The number of elements.
    len: usize,
}

impl<'b> SerializeList<'b> {
    pub(super) fn new(tape: &'b mut TapeBuilder, variant: Option<&'static str>) -> Self {
        SerializeList { container: Container::open(tape, Tag::Array, variant), len: 0 }
    }

    fn push<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), SerializeError> {
        element
            .serialize(TapeSerializer(self.container.tape))
            .map_err(|error| self.container.with_variant(error.with_parent_index(self.len)))?;
        self.len += 1;
        Ok(())
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
                self.container.close();
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
