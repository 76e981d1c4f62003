//! Shapes of tables.

use std::collections::HashMap;
use std::sync::Arc;

use super::object::ObjectShape;

/// A table and the objects whose scalars become its columns.
#[derive(Debug)]
pub(crate) struct TableShape {
    /// The name in the destination.
    pub(crate) name: Arc<str>,
    /// The name before shortening, the prefix of child table names.
    pub(super) path: String,
    pub(crate) parent: Option<usize>,
    /// The number of keys whose lists fill the table.
    pub(super) keys: usize,
    /// The column names by column index.
    pub(crate) columns: Vec<String>,
    /// Whether several keys share the column, by column index.
    shared: Vec<bool>,
    by_name: HashMap<String, u32>,
    /// The object shapes. The first one is the row itself.
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

    /// Returns the index of the column with the name `name`.
    pub(crate) fn column_index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).map(|index| *index as usize)
    }

    /// Returns true if several keys share the column, so that a row may have several values for it.
    #[inline]
    pub(crate) fn is_shared(&self, column: usize) -> bool {
        self.shared.get(column).copied().unwrap_or(false)
    }

    /// Returns true if lists under several keys fill the table.
    #[inline]
    pub(crate) fn has_several_lists(&self) -> bool {
        self.keys > 1
    }

    /// Returns the column with the name `name` for another key, and true if the key is the second one for the column.
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
