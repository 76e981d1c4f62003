//! A cache of object shapes, which map keys to columns, shared by all batches of a shredder.
//!
//! The cache never affects the result: shapes depend only on key names, not on the order of rows.

mod key;
mod key_collisions;
mod object;
mod table;

use std::collections::HashMap;

use catchment_json::Key;
use catchment_schema::naming;

use crate::rules::NormalizeRules;
pub(crate) use key::KeyIndex;
use key::{KeyShape, NONE};
use object::ObjectShape;
pub(crate) use table::TableShape;

/// The index of a table's object shape for the row itself.
pub(crate) const ROW: usize = 0;

/// The shapes of the tables of one resource.
#[derive(Debug)]
pub(crate) struct ShapeCache {
    pub(crate) tables: Vec<TableShape>,
    /// Table indices by name and parent. Two lists may have the same table name, which is valid if one has no rows.
    by_name: HashMap<(String, Option<usize>), u32>,
    max_identifier_length: Option<usize>,
    /// The number of name collisions found so far.
    shared_names: u64,
    /// The number of cached keys.
    keys: usize,
    /// The maximum number of cached keys.
    max_keys: usize,
    /// Whether a key was not added because of the limit.
    is_full: bool,
}

impl ShapeCache {
    pub(crate) fn new(root: &str, max_identifier_length: Option<usize>) -> Self {
        let mut shapes = ShapeCache {
            tables: Vec::new(),
            by_name: HashMap::new(),
            max_identifier_length,
            shared_names: 0,
            keys: 0,
            max_keys: usize::MAX,
            is_full: false,
        };
        shapes.table(root.to_owned(), None);
        shapes
    }

    fn table(&mut self, path: String, parent: Option<usize>) -> u32 {
        let name = naming::shorten(&path, &path, self.max_identifier_length);
        let next = self.tables.len() as u32;
        let index = *self.by_name.entry((name.clone(), parent)).or_insert(next);
        if index != next {
            return index;
        }
        self.tables.push(TableShape::new(name, path, parent));
        index
    }

    /// Returns the number of cached keys.
    pub(crate) fn keys(&self) -> usize {
        self.keys
    }

    /// Sets the maximum number of cached keys.
    pub(crate) fn limit_keys(&mut self, max_keys: usize) {
        (self.max_keys, self.is_full) = (max_keys, false);
    }

    /// Returns true if a key was not added because of the limit.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Returns the number of name collisions found so far. If it changes during a row, the row must be processed again.
    #[inline]
    pub(crate) fn shared_names(&self) -> u64 {
        self.shared_names
    }

    /// Returns the index of `key` in an object shape, adding it if needed, or `None` if the cache is full. `expected` is the
    /// index that follows the previous key: keys of an API mostly come in the same order, so usually no hash is computed.
    #[inline]
    pub(crate) fn key(
        &mut self,
        table: usize,
        object: usize,
        key: Key<'_>,
        expected: usize,
        rules: &NormalizeRules,
    ) -> Option<usize> {
        let TableShape { name: table, objects, .. } = self.tables.get_mut(table)?;
        let shape = objects.get_mut(object)?;
        match shape.keys.get(expected) {
            Some(guess) if &*guess.raw == key.raw() => Some(expected),
            _ => {
                if let Some(known) = shape.known(key) {
                    return Some(known);
                }
                if self.keys >= self.max_keys {
                    self.is_full = true;
                    return None;
                }
                self.keys += 1;
                let (index, has_collisions) = shape.add(key, object == ROW, |path, name| rules.key_path(table, path, name));
                self.shared_names += u64::from(has_collisions);
                Some(index)
            }
        }
    }

    /// Records that object number `object_number` has the key. The first result is false if the key is a duplicate in the
    /// object; the second is true if the key has name collisions or is the `_dlt_id` of the row.
    #[inline]
    pub(crate) fn record_key(&mut self, at: KeyIndex, object_number: u64) -> (bool, bool) {
        let Some(key) = self.at(at) else { return (true, false) };
        let first = key.seen_in != object_number;
        key.seen_in = object_number;
        (first, key.has_collisions || key.is_row_id)
    }

    /// Records that the batch has a null under the key. Returns false if one was already recorded.
    #[inline]
    pub(crate) fn record_null(&mut self, at: KeyIndex, batch: u64) -> bool {
        self.at(at).is_some_and(|key| std::mem::replace(&mut key.null_in, batch) != batch)
    }

    /// Removes the record of a null under the key.
    pub(crate) fn clear_null(&mut self, at: KeyIndex) {
        if let Some(key) = self.at(at) {
            key.null_in = 0;
        }
    }

    /// Returns true if the key is the `_dlt_id` of the row.
    pub(crate) fn is_row_id(&mut self, at: KeyIndex) -> bool {
        self.at(at).is_some_and(|key| key.is_row_id)
    }

    /// Returns true if objects and lists under the key stay JSON. Calls `is_json` with the column name once per batch.
    pub(crate) fn stays_json(&mut self, at: KeyIndex, batch: u64, is_json: impl FnOnce(&str) -> bool) -> bool {
        match self.at(at) {
            Some(key) if key.json_in.0 == batch => return key.json_in.1,
            _ => {}
        }
        let stays_json = self.column_name(at).is_some_and(|column| is_json(&column));
        if let Some(key) = self.at(at) {
            key.json_in = (batch, stays_json);
        }
        stays_json
    }

    /// Returns the column for scalars under the key.
    #[inline]
    pub(crate) fn column(&mut self, at: KeyIndex) -> Option<usize> {
        match self.at(at)?.column {
            known if known != NONE => Some(known as usize),
            _ => {
                let name = self.column_name(at)?;
                let (column, is_first_shared) = self.tables.get_mut(at.table)?.column(name);
                self.shared_names += u64::from(is_first_shared);
                self.at(at)?.column = column as u32;
                Some(column)
            }
        }
    }

    /// Returns the name of the column for scalars and JSON under the key.
    pub(crate) fn column_name(&self, at: KeyIndex) -> Option<String> {
        let key = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?;
        Some(naming::shorten(&key.path, &key.path, self.max_identifier_length))
    }

    /// Returns the column with the name `name`, which does not come from a key.
    pub(crate) fn named_column(&mut self, table: usize, name: &str) -> Option<usize> {
        let table = self.tables.get_mut(table)?;
        Some(table.column_index(name).unwrap_or_else(|| table.column(name.to_owned()).0))
    }

    /// Returns the shape of objects under the key.
    pub(crate) fn object(&mut self, at: KeyIndex) -> Option<usize> {
        let key = self.at(at)?;
        if key.object != NONE {
            return Some(key.object as usize);
        }
        let (path, name) = (key.path.clone(), key.name.clone());
        let objects = &mut self.tables.get_mut(at.table)?.objects;
        let outer = objects.get(at.object)?;
        let (spelling, depth) = (format!("{}{name}.", outer.spelling), outer.depth + 1);
        let index = objects.len();
        objects.push(ObjectShape::new(path, spelling, depth));
        self.at(at)?.object = index as u32;
        Some(index)
    }

    /// Returns the table for lists under the key.
    pub(crate) fn list(&mut self, at: KeyIndex) -> Option<usize> {
        let key = self.at(at)?;
        if key.list != NONE {
            return Some(key.list as usize);
        }
        let path = key.path.clone();
        let list = self.child(at.table, &path)?;
        if let Some(table) = self.tables.get_mut(list) {
            table.keys += 1;
        }
        self.at(at)?.list = list as u32;
        Some(list)
    }

    /// Returns the child table of `table` for lists at `path`.
    pub(crate) fn child(&mut self, table: usize, path: &str) -> Option<usize> {
        let path = naming::join(&self.tables.get(table)?.path, path, None);
        Some(self.table(path, Some(table)) as usize)
    }

    /// Returns the path of the list that fills a table: the keys as spelled by the source, separated by dots.
    pub(crate) fn list_key(&self, table: usize) -> Option<String> {
        let parent = self.tables.get(self.tables.get(table)?.parent?)?;
        parent.objects.iter().find_map(|object| object.spelling_of_list(table as u32))
    }

    #[inline]
    fn at(&mut self, at: KeyIndex) -> Option<&mut KeyShape> {
        self.tables.get_mut(at.table)?.objects.get_mut(at.object)?.get_mut(at.key)
    }
}
