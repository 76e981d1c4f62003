//! Nodes as a serde format.

use std::borrow::Cow;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::DeserializeError;
use super::key::KeyDeserializer;
use super::variant::Variant;
use crate::node::{Elements, Entries, Node, NodeKind};

impl<'d> Node<'d> {
    /// Converts the value to a type that implements `Deserialize`. Strings without escapes can be borrowed.
    ///
    /// Fractions become the nearest double, and so do integers beyond 64 bits, except in an `i128` or `u128`.
    /// [`Node::as_number`] has the exact text, and [`Node::to_value`] keeps it.
    ///
    /// ```
    /// use catchment_json::Document;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Issue<'d> {
    ///     number: u64,
    ///     title: &'d str,
    ///     closed_at: Option<String>,
    /// }
    ///
    /// let page = Document::parse(br#"{"number": 7, "title": "Crash", "closed_at": null}"#.to_vec())?;
    /// let issue: Issue<'_> = page.root().deserialize()?;
    /// assert_eq!((issue.number, issue.title, issue.closed_at), (7, "Crash", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error with the path of the value that does not fit the type.
    pub fn deserialize<T: Deserialize<'d>>(self) -> Result<T, DeserializeError> {
        T::deserialize(self)
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.kind() {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::Bool => visitor.visit_bool(self.as_bool().unwrap_or_default()),
            NodeKind::Integer | NodeKind::Float => visit_number(self.as_number().unwrap_or_default(), visitor),
            NodeKind::String => match self.as_str().unwrap_or_default() {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            NodeKind::Array => visitor.visit_seq(ElementAccess { elements: self.elements(), index: 0 }),
            NodeKind::Object => visitor.visit_map(EntryAccess { entries: self.entries(), value: None }),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.as_number().and_then(|number| number.parse().ok()) {
            Some(integer) => visitor.visit_i128(integer),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.as_number().and_then(|number| number.parse().ok()) {
            Some(integer) => visitor.visit_u128(integer),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.kind() == NodeKind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        let mut entries = self.entries();
        match (self.as_str(), entries.next(), entries.next()) {
            (Some(name), ..) => visitor.visit_enum(Variant { name, content: None }),
            (None, Some((name, content)), None) => visitor.visit_enum(Variant { name: name.name(), content: Some(content) }),
            _ => Err(DeserializeError::custom(format_args!(
                "expected the name of a variant, or an object with it as the only key, found {}",
                self.excerpt(60)
            ))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// Passes a number as the smallest type that holds it.
fn visit_number<'de, V: Visitor<'de>>(number: &str, visitor: V) -> Result<V::Value, DeserializeError> {
    if let Ok(integer) = number.parse() {
        visitor.visit_i64(integer)
    } else if let Ok(integer) = number.parse() {
        visitor.visit_u64(integer)
    } else if let Ok(double) = number.parse() {
        visitor.visit_f64(double)
    } else {
        Err(DeserializeError::invalid_value(Unexpected::Other(number), &visitor))
    }
}

struct ElementAccess<'d> {
    elements: Elements<'d>,
    index: usize,
}

impl<'de> SeqAccess<'de> for ElementAccess<'de> {
    type Error = DeserializeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DeserializeError> {
        let Some(element) = self.elements.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seed.deserialize(element).map(Some).map_err(|error| error.with_parent_index(index))
    }
}

struct EntryAccess<'d> {
    entries: Entries<'d>,
    /// The key and value whose key was read.
    value: Option<(Cow<'d, str>, Node<'d>)>,
}

impl<'de> MapAccess<'de> for EntryAccess<'de> {
    type Error = DeserializeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DeserializeError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        let name = key.name();
        self.value = Some((name.clone(), value));
        seed.deserialize(KeyDeserializer(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, DeserializeError> {
        let (key, value) = self.value.take().ok_or_else(|| DeserializeError::custom("a value was read before its key"))?;
        seed.deserialize(value).map_err(|error| error.with_parent_key(&key))
    }
}
