//! Conversion of any serializable type to a tape or a value.

/// Serializer methods for all integer types; each passes the integer to `self.integer`.
macro_rules! integers {
    () => {
        integers! {
            serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
            serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
        }
    };
    ($($method:ident: $integer:ty),*) => {$(
        fn $method(self, n: $integer) -> Result<Self::Ok, Self::Error> {
            self.integer(n)
        }
    )*};
}

mod container;
mod entries;
mod error;
mod key;
mod list;
#[cfg(test)]
mod number_tests;
#[cfg(test)]
mod tests;
mod value;

use std::fmt::Display;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use self::container::open_variant;
use self::entries::SerializeObject;
use self::list::SerializeList;
use crate::tape::Tag;
use crate::tape_builder::TapeBuilder;
use crate::{Number, Value};

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
/// Returns an error if a map key cannot be a string, if a `Serialize` implementation fails, or if the value has more than
/// 4 GiB of text.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, SerializeError> {
    let mut tape = TapeBuilder::default();
    value.serialize(TapeSerializer(&mut tape))?;
    Ok(tape.finish().map_err(SerializeError::custom)?.root().to_value())
}

/// A serializer that appends a value to a tape.
pub(crate) struct TapeSerializer<'b>(pub(crate) &'b mut TapeBuilder);

impl<'b> TapeSerializer<'b> {
    fn integer(self, integer: impl Display) -> Result<(), SerializeError> {
        self.0.integer(integer);
        Ok(())
    }
}

impl<'b> Serializer for TapeSerializer<'b> {
    type Ok = ();
    type Error = SerializeError;
    type SerializeSeq = SerializeList<'b>;
    type SerializeTuple = SerializeList<'b>;
    type SerializeTupleStruct = SerializeList<'b>;
    type SerializeTupleVariant = SerializeList<'b>;
    type SerializeMap = SerializeObject<'b>;
    type SerializeStruct = SerializeObject<'b>;
    type SerializeStructVariant = SerializeObject<'b>;

    integers!();

    fn serialize_bool(self, b: bool) -> Result<(), SerializeError> {
        self.0.bool(b);
        Ok(())
    }

    fn serialize_f32(self, n: f32) -> Result<(), SerializeError> {
        self.0.number(&shortest_number(n));
        Ok(())
    }

    fn serialize_f64(self, n: f64) -> Result<(), SerializeError> {
        self.0.number(&Number::from(n));
        Ok(())
    }

    fn serialize_char(self, c: char) -> Result<(), SerializeError> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), SerializeError> {
        self.0.string(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), SerializeError> {
        let at = self.0.open(Tag::Array);
        bytes.iter().for_each(|byte| self.0.integer(byte));
        self.0.close(at);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), SerializeError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), SerializeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), SerializeError> {
        self.0.null();
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), SerializeError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), SerializeError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), SerializeError> {
        value.serialize(TapeSerializer(self.0))?;
        if name == value::NUMBER
            && let Some(text) = self.0.pop_string()
        {
            match Value::parse(&text) {
                Ok(Value::Number(number)) => self.0.number(&number),
                // Another crate may use the same newtype name.
                _ => self.0.string(&text),
            }
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), SerializeError> {
        let at = open_variant(self.0, variant);
        value.serialize(TapeSerializer(self.0)).map_err(|error| error.with_parent_key(variant))?;
        self.0.close(at);
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<SerializeList<'b>, SerializeError> {
        Ok(SerializeList::new(self.0, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<SerializeList<'b>, SerializeError> {
        Ok(SerializeList::new(self.0, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<SerializeList<'b>, SerializeError> {
        Ok(SerializeList::new(self.0, None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<SerializeList<'b>, SerializeError> {
        Ok(SerializeList::new(self.0, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<SerializeObject<'b>, SerializeError> {
        Ok(SerializeObject::new(self.0, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<SerializeObject<'b>, SerializeError> {
        Ok(SerializeObject::new(self.0, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<SerializeObject<'b>, SerializeError> {
        Ok(SerializeObject::new(self.0, Some(variant)))
    }
}

/// Returns the number with the shortest text of an `f32`. That of the double would show digits that the `f32` does not have.
fn shortest_number(n: f32) -> Number {
    if n.is_finite() { Number::from_source(format!("{n:?}")) } else { Number::from(f64::from(n)) }
}
