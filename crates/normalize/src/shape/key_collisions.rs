//! Resolution of name collisions between keys with the same normalized name.
//!
//! In each object, the key that equals its normalized name gets the plain name, else the first key in byte order. The other
//! keys get an alias: the name with a hash tag of their path. The result depends only on the keys of the object, not on
//! the order of rows.

use catchment_json::Node;
use catchment_schema::naming;

use super::key::{KeyShape, NONE};
use super::{KeyIndex, ShapeCache};

impl ShapeCache {
    /// Returns the key, or its alias if another key of `object` has the plain name.
    pub(crate) fn resolve(&mut self, at: KeyIndex, object: Node<'_>) -> KeyIndex {
        let Some(shape) = self.tables.get(at.table).and_then(|table| table.objects.get(at.object)) else { return at };
        let Some(key) = shape.get(at.key).filter(|key| key.has_collisions) else { return at };
        let prefers =
            |collision: &KeyShape| rank(collision) < rank(key) && object.entries().any(|(k, _)| *k.name() == *collision.name);
        let has_plain_name = !shape.with_path(&key.path).any(prefers);
        if has_plain_name { at } else { self.alias(at) }
    }

    /// Returns the alias of the key, if it exists.
    pub(crate) fn existing_alias(&self, at: KeyIndex) -> Option<KeyIndex> {
        let alias = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?.alias;
        (alias != NONE).then_some(KeyIndex { key: alias as usize, ..at })
    }

    /// Returns the alias of the key, creating it if missing.
    pub(crate) fn alias(&mut self, at: KeyIndex) -> KeyIndex {
        let Some(shape) = self.tables.get_mut(at.table).and_then(|table| table.objects.get_mut(at.object)) else { return at };
        let Some(key) = shape.get(at.key) else { return at };
        if key.alias != NONE {
            return KeyIndex { key: key.alias as usize, ..at };
        }
        let path = format!("{}_{}", key.path, naming::tag(&format!("{}{}", shape.spelling, key.name)));
        let alias = KeyShape::new(&key.raw, &key.name, path);
        let index = shape.add_alias(alias);
        if let Some(key) = shape.get_mut(at.key) {
            key.alias = index as u32;
        }
        KeyIndex { key: index, ..at }
    }

    /// Returns true if key `a` takes precedence over key `b` for a name that both would get. The key with the lower nesting
    /// depth takes precedence.
    pub(crate) fn is_before(&self, a: KeyIndex, b: KeyIndex) -> bool {
        let rank = |at: KeyIndex| {
            let shape = self.tables.get(at.table)?.objects.get(at.object)?;
            let key = shape.get(at.key)?;
            Some((shape.depth, rank(key), &shape.path))
        };
        rank(a) < rank(b)
    }

    /// Returns the key as spelled by the source, and its normalized path.
    pub(crate) fn spelling(&self, at: KeyIndex) -> Option<(&str, &str)> {
        let key = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?;
        Some((&key.name, &key.path))
    }
}

/// Returns the sort key for precedence among keys with the same normalized name; the lowest gets the plain name.
fn rank(key: &KeyShape) -> (bool, &str) {
    (!key.is_exact, &key.name)
}
