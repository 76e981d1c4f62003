//! Objects at one place of a row.

use std::collections::HashMap;

use catchment_json::Key;
use catchment_schema::DLT_ID;

use super::key::KeyShape;

/// From here on indices of keys are those of twins.
const TWINS: usize = 1 << 31;

/// The keys that objects at one place of a row have.
#[derive(Debug)]
pub(crate) struct ObjectShape {
    pub(super) path: String,
    /// The keys that lead to it, as the source spells them, each with a point behind it.
    pub(super) spelling: String,
    /// How many objects it is in.
    pub(super) depth: usize,
    pub(super) keys: Vec<KeyShape>,
    twins: Vec<KeyShape>,
    by_raw: HashMap<Box<str>, u32>,
}

impl ObjectShape {
    pub(super) fn new(path: String, spelling: String, depth: usize) -> Self {
        ObjectShape { path, spelling, depth, keys: Vec::new(), twins: Vec::new(), by_raw: HashMap::new() }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, key: usize) -> Option<&mut KeyShape> {
        if key >= TWINS { self.twins.get_mut(key - TWINS) } else { self.keys.get_mut(key) }
    }

    pub(super) fn get(&self, key: usize) -> Option<&KeyShape> {
        if key >= TWINS { self.twins.get(key - TWINS) } else { self.keys.get(key) }
    }

    /// The index of a key, which is added where it is new, with the path that `path_of` gives it; true where that brings a rival for a name.
    pub(super) fn find(&mut self, key: Key<'_>, is_row: bool, path_of: impl FnOnce(&str, &str) -> String) -> (usize, bool) {
        if let Some(known) = self.by_raw.get(key.raw()) {
            return (*known as usize, false);
        }
        let mut has_rivals = false;
        let name = key.name();
        let path = path_of(&self.path, &name);
        // `"a"` and `"\u0061"` are one key.
        let index = self.keys.iter().position(|known| *known.name == *name).unwrap_or_else(|| {
            let mut shape = KeyShape::new(key.raw(), &name, path);
            shape.is_row_id = is_row && shape.path == DLT_ID;
            for rival in self.keys.iter_mut().filter(|known| known.path == shape.path) {
                rival.has_rivals = true;
                shape.has_rivals = true;
            }
            has_rivals = shape.has_rivals;
            self.keys.push(shape);
            self.keys.len() - 1
        });
        self.by_raw.insert(key.raw().into(), index as u32);
        (index, has_rivals)
    }

    /// The key whose lists have the table, as the source spells it with the keys that lead to it.
    pub(super) fn spelling_of_list(&self, table: u32) -> Option<String> {
        let key = self.keys.iter().chain(&self.twins).find(|key| key.list == table)?;
        Some(format!("{}{}", self.spelling, key.name))
    }

    /// Adds a twin, and returns its index.
    pub(super) fn add_twin(&mut self, twin: KeyShape) -> usize {
        self.twins.push(twin);
        TWINS + self.twins.len() - 1
    }
}
