//! Keys whose names are the same once they are normalised: who gets the plain name in an object that has several.
//!
//! The exact spelling does, else the one that comes first by its characters; the others get a name with a tag of the
//! keys that lead to them. Each object decides for itself, so it does not matter which one was met first.

use catchment_json::Node;
use catchment_schema::naming;

use super::key::{KeyShape, NONE};
use super::{KeyIndex, ShapeCache};

impl ShapeCache {
    /// Where the value under the key of `object` goes to: to the key's own place, or to that of its twin where another
    /// key of the object has the plain name.
    pub(crate) fn resolve(&mut self, at: KeyIndex, object: Node<'_>) -> KeyIndex {
        let Some(shape) = self.tables.get(at.table).and_then(|table| table.objects.get(at.object)) else { return at };
        let Some(key) = shape.get(at.key).filter(|key| key.has_collisions) else { return at };
        let prefers =
            |collision: &KeyShape| rank(collision) < rank(key) && object.entries().any(|(k, _)| *k.name() == *collision.name);
        let has_plain_name = !shape.with_path(&key.path).any(prefers);
        if has_plain_name { at } else { self.alias(at) }
    }

    /// The key under a name that no other one has, where it was needed before.
    pub(crate) fn existing_alias(&self, at: KeyIndex) -> Option<KeyIndex> {
        let alias = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?.alias;
        (alias != NONE).then_some(KeyIndex { key: alias as usize, ..at })
    }

    /// The key under a name that no other one has.
    pub(crate) fn alias(&mut self, at: KeyIndex) -> KeyIndex {
        let Some(shape) = self.tables.get_mut(at.table).and_then(|table| table.objects.get_mut(at.object)) else { return at };
        let Some(key) = shape.get(at.key) else { return at };
        if key.alias != NONE {
            return KeyIndex { key: key.alias as usize, ..at };
        }
        let path = format!("{}_{}", key.path, naming::tag(&format!("{}{}", shape.spelling, key.name)));
        let alias = KeyShape::new(&key.raw, &key.name, path);
        let index = shape.add_twin(alias);
        if let Some(key) = shape.get_mut(at.key) {
            key.alias = index as u32;
        }
        KeyIndex { key: index, ..at }
    }

    /// Whether the first of two keys at different places of a row has the right to a name that both lead to: the one in
    /// fewer objects has.
    pub(crate) fn is_before(&self, a: KeyIndex, b: KeyIndex) -> bool {
        let rank = |at: KeyIndex| {
            let shape = self.tables.get(at.table)?.objects.get(at.object)?;
            let key = shape.get(at.key)?;
            Some((shape.depth, rank(key), &shape.path))
        };
        rank(a) < rank(b)
    }

    /// The key as the source spells it, and the column or table that a twin leads to.
    pub(crate) fn spelling(&self, at: KeyIndex) -> Option<(&str, &str)> {
        let key = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?;
        Some((&key.name, &key.path))
    }
}

fn rank(key: &KeyShape) -> (bool, &str) {
    (!key.is_exact, &key.name)
}
