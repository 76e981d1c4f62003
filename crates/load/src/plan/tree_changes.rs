//! Changes of rows by root table.

use std::collections::BTreeMap;

use catchment_schema::Schema;

use super::TreeChange;

/// Collects changes of rows by root table.
pub(super) struct TreeChanges<'s> {
    schema: &'s Schema,
    trees: BTreeMap<String, TreeChange>,
}

impl<'s> TreeChanges<'s> {
    pub(super) fn new(schema: &'s Schema) -> TreeChanges<'s> {
        TreeChanges { schema, trees: BTreeMap::new() }
    }

    /// Returns the changes of the root table of `table`.
    pub(super) fn of(&mut self, table: &str) -> &mut TreeChange {
        let root = self.schema.root_of(table);
        self.trees.entry(root.to_owned()).or_insert_with(|| TreeChange { root: root.to_owned(), ..TreeChange::default() })
    }

    /// Returns all changes, in the order of the names of root tables.
    pub(super) fn into_all(self) -> Vec<TreeChange> {
        self.trees.into_values().collect()
    }
}
