//! One table.

use std::collections::HashMap;
use std::sync::Arc;

use super::object::ObjectShape;

/// One table and the objects whose scalars are its columns.
#[derive(Debug)]
pub(crate) struct TableShape {
    /// Its name in the destination.
    pub(crate) name: Arc<str>,
    /// Its name before shortening, from which the names below it are made.
    pub(super) path: String,
    pub(crate) parent: Option<usize>,
    /// How many keys lead to it.
    pub(super) keys: usize,
    /// Names of columns, by their index.
    pub(crate) columns: Vec<String>,
    /// Whether several keys lead to the column, by its index.
    shared: Vec<bool>,
    by_name: HashMap<String, u32>,
    /// The first one is the row itself.
    pub(super) objects: Vec<ObjectShape>,
}

impl TableShape {
    pub(super) fn new(name: String, path: String, parent: Option<usize>) -> TableShape {
        TableShape {
            name: name.into(),
            path,
            parent,
            keys: 0,
            columns: Vec::new(),
            shared: Vec::new(),
            by_name: HashMap::new(),
            objects: vec![ObjectShape::new(String::new(), String::new(), 0)],
        }
    }

    /// The index of the column of that name.
    pub(crate) fn column_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).map(|index| *index as usize)
    }

    /// Whether several keys lead to the column, so that a row may have two values for it.
    #[inline]
    pub(crate) fn is_shared(&self, column: usize) -> bool {
        self.shared.get(column).copied().unwrap_or(false)
    }

    /// Whether lists under several keys lead to it.
    #[inline]
    pub(crate) fn has_several_lists(&self) -> bool {
        self.keys > 1
    }

    /// The column of that name for one more key; true where it is the second one.
    pub(super) fn column(&mut self, name: String) -> (usize, bool) {
        if let Some(known) = self.by_name.get(&name) {
            let was_shared = self.shared.get_mut(*known as usize).is_none_or(|shared| std::mem::replace(shared, true));
            return (*known as usize, !was_shared);
        }
        let index = self.columns.len();
        self.by_name.insert(name.clone(), index as u32);
        self.columns.push(name);
        self.shared.push(false);
        (index, false)
    }
}
