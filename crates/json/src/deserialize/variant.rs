//! Variants of enums: `"Name"`, or `{"Name": content}`.

use std::borrow::Cow;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, EnumAccess, Error as _, VariantAccess, Visitor};

use super::DeserializeError;
use super::key::KeyDeserializer;
use crate::node::{Node, NodeKind};

pub(super) struct Variant<'d> {
    pub(super) name: Cow<'d, str>,
    pub(super) content: Option<Node<'d>>,
}

impl<'d> Variant<'d> {
    fn content(&self) -> Result<Node<'d>, DeserializeError> {
        let missing = || DeserializeError::custom(format_args!("variant `{}` requires a value", self.name));
        self.content.ok_or_else(missing)
    }

    fn locate<T>(&self, result: Result<T, DeserializeError>) -> Result<T, DeserializeError> {
        result.map_err(|error| error.with_parent_key(&self.name))
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = DeserializeError;
    type Variant = Variant<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Variant<'de>), DeserializeError> {
        Ok((seed.deserialize(KeyDeserializer(self.name.clone()))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = DeserializeError;

    fn unit_variant(self) -> Result<(), DeserializeError> {
        match self.content {
            Some(content) if content.kind() != NodeKind::Null => {
                self.locate(Err(DeserializeError::custom(format_args!("expected null, found {}", content.excerpt(60)))))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DeserializeError> {
        let content = self.content()?;
        self.locate(seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, DeserializeError> {
        let content = self.content()?;
        self.locate(content.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, DeserializeError> {
        let content = self.content()?;
        self.locate(content.deserialize_struct("", fields, visitor))
    }
}
