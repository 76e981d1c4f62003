//! What was learnt of the shapes of objects: the way from keys to columns, kept from batch to batch.

use std::collections::HashMap;
use std::sync::Arc;

use catchment_json::Key;
use catchment_schema::naming;

/// No column, shape or table yet.
const NONE: u32 = u32::MAX;

/// The tables that the rows of one resource fill.
#[derive(Debug)]
pub(crate) struct Shapes {
    pub(crate) tables: Vec<TableShape>,
    by_name: HashMap<String, u32>,
    max_identifier_length: Option<usize>,
}

/// One table and the objects whose scalars are its columns.
#[derive(Debug)]
pub(crate) struct TableShape {
    /// Its name in the destination.
    pub(crate) name: Arc<str>,
    /// Its name before shortening, from which the names below it are made.
    path: String,
    pub(crate) parent: Option<usize>,
    /// Names of columns, by their index.
    pub(crate) columns: Vec<String>,
    by_name: HashMap<String, u32>,
    /// The first one is the row itself.
    objects: Vec<ObjectShape>,
}

/// The keys that objects at one place of a row have.
#[derive(Debug)]
struct ObjectShape {
    path: String,
    keys: Vec<KeyShape>,
    by_raw: HashMap<Box<str>, u32>,
}

#[derive(Debug)]
struct KeyShape {
    raw: Box<str>,
    /// The path of its column or child table before shortening.
    path: String,
    column: u32,
    object: u32,
    list: u32,
    /// The last object that had the key, to notice a key that stands twice.
    seen_in: u64,
}

/// An object shape of a table.
pub(crate) const ROW: usize = 0;

impl Shapes {
    pub(crate) fn new(root: &str, max_identifier_length: Option<usize>) -> Self {
        let mut shapes = Shapes { tables: Vec::new(), by_name: HashMap::new(), max_identifier_length };
        shapes.table(root.to_owned(), None);
        shapes
    }

    fn table(&mut self, path: String, parent: Option<usize>) -> u32 {
        let name = naming::shorten(&path, &path, self.max_identifier_length);
        if let Some(known) = self.by_name.get(&name) {
            return *known;
        }
        let index = self.tables.len() as u32;
        self.by_name.insert(name.clone(), index);
        let objects = vec![ObjectShape::new(String::new())];
        self.tables.push(TableShape { name: name.into(), path, parent, columns: Vec::new(), by_name: HashMap::new(), objects });
        index
    }

    /// The key `raw` of an object, where `expected` is the one that followed the last time. Keys of an API
    /// come in the same order, so the guess is nearly always right, and no hash is computed.
    #[inline]
    pub(crate) fn key(&mut self, table: usize, object: usize, key: Key<'_>, expected: usize) -> Option<usize> {
        let shape = self.tables.get_mut(table)?.objects.get_mut(object)?;
        match shape.keys.get(expected) {
            Some(guess) if &*guess.raw == key.raw() => Some(expected),
            _ => Some(shape.find(key)),
        }
    }

    /// Notes that the object with the number `object_number` has the key; false where it had it already.
    #[inline]
    pub(crate) fn see(&mut self, at: KeyAt, object_number: u64) -> bool {
        let Some(key) = self.at(at) else { return true };
        let first = key.seen_in != object_number;
        key.seen_in = object_number;
        first
    }

    /// The column that scalars under the key go to.
    #[inline]
    pub(crate) fn column(&mut self, at: KeyAt) -> Option<usize> {
        match self.at(at)?.column {
            known if known != NONE => Some(known as usize),
            _ => {
                let name = self.column_name(at)?;
                let column = self.tables.get_mut(at.table)?.column(name);
                self.at(at)?.column = column as u32;
                Some(column)
            }
        }
    }

    /// The name of the column that the value under the key has where it is kept whole.
    pub(crate) fn column_name(&mut self, at: KeyAt) -> Option<String> {
        let max_length = self.max_identifier_length;
        let key = self.at(at)?;
        Some(naming::shorten(&key.path, &key.path, max_length))
    }

    /// The column of that name, which no key of a row leads to.
    pub(crate) fn named_column(&mut self, table: usize, name: &str) -> Option<usize> {
        Some(self.tables.get_mut(table)?.column(name.to_owned()))
    }

    /// The shape of objects under the key.
    pub(crate) fn object(&mut self, at: KeyAt) -> Option<usize> {
        let key = self.at(at)?;
        if key.object != NONE {
            return Some(key.object as usize);
        }
        let path = key.path.clone();
        let objects = &mut self.tables.get_mut(at.table)?.objects;
        let index = objects.len();
        objects.push(ObjectShape::new(path));
        self.at(at)?.object = index as u32;
        Some(index)
    }

    /// The table of lists under the key.
    pub(crate) fn list(&mut self, at: KeyAt) -> Option<usize> {
        let key = self.at(at)?;
        if key.list != NONE {
            return Some(key.list as usize);
        }
        let path = key.path.clone();
        let list = self.child(at.table, &path)?;
        self.at(at)?.list = list as u32;
        Some(list)
    }

    /// The table below `table` for lists at `path`.
    pub(crate) fn child(&mut self, table: usize, path: &str) -> Option<usize> {
        let path = naming::join(&self.tables.get(table)?.path, path, None);
        Some(self.table(path, Some(table)) as usize)
    }

    #[inline]
    fn at(&mut self, at: KeyAt) -> Option<&mut KeyShape> {
        self.tables.get_mut(at.table)?.objects.get_mut(at.object)?.keys.get_mut(at.key)
    }
}

/// A key of an object shape of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyAt {
    pub(crate) table: usize,
    pub(crate) object: usize,
    pub(crate) key: usize,
}

impl TableShape {
    /// The index of the column of that name.
    pub(crate) fn column_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).map(|index| *index as usize)
    }

    fn column(&mut self, name: String) -> usize {
        let next = self.columns.len() as u32;
        let index = *self.by_name.entry(name.clone()).or_insert(next);
        if index == next {
            self.columns.push(name);
        }
        index as usize
    }
}

impl ObjectShape {
    fn new(path: String) -> Self {
        ObjectShape { path, keys: Vec::new(), by_raw: HashMap::new() }
    }

    fn find(&mut self, key: Key<'_>) -> usize {
        if let Some(known) = self.by_raw.get(key.raw()) {
            return *known as usize;
        }
        let index = self.keys.len();
        let path = naming::join(&self.path, &naming::normalize_key(&key.name()), None);
        self.by_raw.insert(key.raw().into(), index as u32);
        self.keys.push(KeyShape { raw: key.raw().into(), path, column: NONE, object: NONE, list: NONE, seen_in: 0 });
        index
    }
}
