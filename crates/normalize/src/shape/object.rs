//! Shapes of objects.

use std::collections::HashMap;

use catchment_json::Key;
use catchment_schema::DLT_ID_COLUMN;

use super::key::KeyShape;

/// The first index of aliases; lower indices are keys.
const ALIASES: usize = 1 << 31;

/// The keys of objects at one position in a row.
#[derive(Debug)]
pub(crate) struct ObjectShape {
    pub(super) path: String,
    /// The path of keys as spelled by the source, each followed by a dot.
    pub(super) spelling: String,
    /// The nesting depth, 0 for the row itself.
    pub(super) depth: usize,
    pub(super) keys: Vec<KeyShape>,
    aliases: Vec<KeyShape>,
    by_raw: HashMap<Box<str>, u32>,
    by_name: HashMap<Box<str>, u32>,
    by_path: HashMap<String, Vec<u32>>,
}

impl ObjectShape {
    pub(super) fn new(path: String, spelling: String, depth: usize) -> Self {
        let (by_raw, by_name, by_path) = (HashMap::new(), HashMap::new(), HashMap::new());
        ObjectShape { path, spelling, depth, keys: Vec::new(), aliases: Vec::new(), by_raw, by_name, by_path }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut KeyShape> {
        if key >= ALIASES { self.aliases.get_mut(key - ALIASES) } else { self.keys.get_mut(key) }
    }

    pub(super) fn get(&self, key: usize) -> Option<&KeyShape> {
        if key >= ALIASES { self.aliases.get(key - ALIASES) } else { self.keys.get(key) }
    }

    /// Returns the index of a cached key.
    #[inline]
    pub(super) fn known(&self, key: Key<'_>) -> Option<usize> {
        self.by_raw.get(key.raw()).map(|known| *known as usize)
    }

    /// Adds a key with the path from `path_of`. Returns its index, and true if its name collides with another key.
    pub(super) fn add(&mut self, key: Key<'_>, is_row: bool, path_of: impl FnOnce(&str, &str) -> String) -> (usize, bool) {
        let name = key.name();
        // `"a"` and `"\u0061"` are the same key.
        let same = self.by_name.get(&*name).copied();
        let mut has_collisions = false;
        let index = same.unwrap_or_else(|| {
            let mut shape = KeyShape::new(key.raw(), &name, path_of(&self.path, &name));
            shape.is_row_id = is_row && shape.path == DLT_ID_COLUMN;
            let index = self.keys.len() as u32;
            let collisions = self.by_path.entry(shape.path.clone()).or_default();
            has_collisions = !collisions.is_empty();
            shape.has_collisions = has_collisions;
            for collision in collisions.iter() {
                if let Some(collision) = self.keys.get_mut(*collision as usize) {
                    collision.has_collisions = true;
                }
            }
            collisions.push(index);
            self.by_name.insert((*name).into(), index);
            self.keys.push(shape);
            index
        });
        self.by_raw.insert(key.raw().into(), index);
        (index as usize, has_collisions)
    }

    /// Returns the keys with a path.
    pub(super) fn with_path(&self, path: &str) -> impl Iterator<Item = &KeyShape> {
        let indexes = self.by_path.get(path).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| self.keys.get(*index as usize))
    }

    /// Returns the path of the key whose lists fill `table`, as spelled by the source.
    pub(super) fn spelling_of_list(&self, table: u32) -> Option<String> {
        let key = self.keys.iter().chain(&self.aliases).find(|key| key.list == table)?;
        Some(format!("{}{}", self.spelling, key.name))
    }

    /// Adds an alias and returns its index.
    pub(super) fn add_alias(&mut self, alias: KeyShape) -> usize {
        self.aliases.push(alias);
        ALIASES + self.aliases.len() - 1
    }
}
