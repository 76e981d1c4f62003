//! What was learnt of the shapes of objects: the way from keys to columns, kept from batch to batch.
//!
//! Nothing of it decides what comes out: a shape is what the names of keys say, whoever met them first.

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

/// The first object shape of a table: the row itself.
pub(crate) const ROW: usize = 0;

/// The tables that the rows of one resource fill.
#[derive(Debug)]
pub(crate) struct ShapeCache {
    pub(crate) tables: Vec<TableShape>,
    /// By name and parent: lists at two places may have one name for their table, and no rows.
    by_name: HashMap<(String, Option<usize>), u32>,
    max_identifier_length: Option<usize>,
    /// Counts how often it turned out that two keys share a name.
    shared_names: u64,
    /// How many keys are known.
    keys: usize,
    /// No key is added beyond these.
    max_keys: usize,
    /// Whether a key was met that was not added.
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

    /// How many keys are known.
    pub(crate) fn keys(&self) -> usize {
        self.keys
    }

    /// From now on as many keys are added as make `max_keys`.
    pub(crate) fn limit_keys(&mut self, max_keys: usize) {
        (self.max_keys, self.is_full) = (max_keys, false);
    }

    /// Whether a key was met that had no room.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Changes where it turned out that two keys share a name. What was done with a row by then was done without
    /// knowing so.
    #[inline]
    pub(crate) fn shared_names(&self) -> u64 {
        self.shared_names
    }

    /// The key `raw` of an object, where `expected` is the one that followed the last time. Keys of an API
    /// come in the same order, so the guess is nearly always right, and no hash is computed.
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
                let (index, has_rivals) = shape.add(key, object == ROW, |path, name| rules.key_path(table, path, name));
                self.shared_names += u64::from(has_rivals);
                Some(index)
            }
        }
    }

    /// Notes that the object with the number `object_number` has the key; false where it had it already. The second is
    /// whether there is more to know of the key: rivals for its name, or that it is the id of the row.
    #[inline]
    pub(crate) fn record_key(&mut self, at: KeyIndex, object_number: u64) -> (bool, bool) {
        let Some(key) = self.at(at) else { return (true, false) };
        let first = key.seen_in != object_number;
        key.seen_in = object_number;
        (first, key.has_collisions || key.is_row_id)
    }

    /// Notes that the batch has a null under the key; false where it had one already.
    #[inline]
    pub(crate) fn record_null(&mut self, at: KeyIndex, batch: u64) -> bool {
        self.at(at).is_some_and(|key| std::mem::replace(&mut key.null_in, batch) != batch)
    }

    /// As if no null had been seen under the key.
    pub(crate) fn clear_null(&mut self, at: KeyIndex) {
        if let Some(key) = self.at(at) {
            key.null_in = 0;
        }
    }

    /// Whether the key has the id that the row brings along.
    pub(crate) fn is_row_id(&mut self, at: KeyIndex) -> bool {
        self.at(at).is_some_and(|key| key.is_row_id)
    }

    /// Whether containers under the key stay JSON, as `ask` says it once for each batch, by the column's name.
    pub(crate) fn stays_json(&mut self, at: KeyIndex, batch: u64, ask: impl FnOnce(&str) -> bool) -> bool {
        match self.at(at) {
            Some(key) if key.json_in.0 == batch => return key.json_in.1,
            _ => {}
        }
        let answer = self.column_name(at).is_some_and(|column| ask(&column));
        if let Some(key) = self.at(at) {
            key.json_in = (batch, answer);
        }
        answer
    }

    /// The column that scalars under the key go to.
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

    /// The name of the column that the value under the key has where it is kept whole.
    pub(crate) fn column_name(&self, at: KeyIndex) -> Option<String> {
        let key = self.tables.get(at.table)?.objects.get(at.object)?.get(at.key)?;
        Some(naming::shorten(&key.path, &key.path, self.max_identifier_length))
    }

    /// The column of that name, which no key of a row leads to.
    pub(crate) fn named_column(&mut self, table: usize, name: &str) -> Option<usize> {
        let table = self.tables.get_mut(table)?;
        Some(table.column_index(name).unwrap_or_else(|| table.column(name.to_owned()).0))
    }

    /// The shape of objects under the key.
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

    /// The table of lists under the key.
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

    /// The table below `table` for lists at `path`.
    pub(crate) fn child(&mut self, table: usize, path: &str) -> Option<usize> {
        let path = naming::join(&self.tables.get(table)?.path, path, None);
        Some(self.table(path, Some(table)) as usize)
    }

    /// The keys that lead to the lists of a table, as the source spells them, with points between.
    pub(crate) fn list_key(&self, table: usize) -> Option<String> {
        let parent = self.tables.get(self.tables.get(table)?.parent?)?;
        parent.objects.iter().find_map(|object| object.spelling_of_list(table as u32))
    }

    #[inline]
    fn at(&mut self, at: KeyIndex) -> Option<&mut KeyShape> {
        self.tables.get_mut(at.table)?.objects.get_mut(at.object)?.get_mut(at.key)
    }
}
