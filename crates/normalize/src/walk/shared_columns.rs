//! Name collisions: columns and child tables that several keys of a row share.

use catchment_json::Node;

use super::{DeferredValue, RowWalker};
use crate::shape::KeyIndex;

impl<'d> RowWalker<'_, 'd> {
    /// Handles a key with collisions or the `_dlt_id` of the row. Returns the key, or its alias if another key of `object`
    /// has the plain name.
    pub(super) fn resolve_key(&mut self, at: KeyIndex, object: Node<'d>, value: Node<'d>) -> KeyIndex {
        let resolved = self.shapes.resolve(at, object);
        if resolved != at {
            self.walked.renamed.push(resolved);
        } else if self.shapes.is_row_id(at) {
            self.given_id = Some(value);
        }
        resolved
    }

    /// Sets the column of the key to a scalar, or to an object or list that stays JSON.
    pub(super) fn put(&mut self, at: KeyIndex, value: Node<'d>) {
        let Some(column) = self.shapes.column(at) else { return };
        if !self.shapes.tables.get(at.table).is_some_and(|table| table.is_shared(column)) {
            return self.cells(at.table).set(column, value);
        }
        let cells = self.cells(at.table);
        let (held, holder) = (cells.current(column), cells.source_key(column));
        match held.zip(holder.filter(|holder| *holder != at)) {
            Some((held, holder)) if self.shapes.is_before(at, holder) => {
                let cells = self.cells(at.table);
                cells.clear(column);
                cells.set_shared(column, value, at);
                self.put_alias(holder, held);
            }
            Some(_) => self.put_alias(at, value),
            None => self.cells(at.table).set_shared(column, value, at),
        }
    }

    /// Sets the column of the key's alias, because another key of the row has the plain name.
    fn put_alias(&mut self, at: KeyIndex, value: Node<'d>) {
        let alias = self.shapes.alias(at);
        self.walked.renamed.push(alias);
        if let Some(column) = self.shapes.column(alias) {
            self.cells(alias.table).set(column, value);
        }
    }

    /// Adds a list to process when the row is complete.
    pub(super) fn defer_list(&mut self, at: KeyIndex, node: Node<'d>, level: i64) {
        let Some(target) = self.shapes.list(at) else { return };
        let mut list = DeferredValue { at, node, target, level };
        if self.shapes.tables.get(target).is_some_and(|table| table.has_several_lists())
            && let Some(index) =
                (self.first_list..self.lists.len()).find(|i| self.lists.get(*i).is_some_and(|l| l.target == target))
            && let Some(other) = self.lists.get(index).copied()
        {
            let (first, second) = if self.shapes.is_before(other.at, at) { (other, list) } else { (list, other) };
            let alias = self.shapes.alias(second.at);
            self.walked.renamed.push(alias);
            if let (Some(target), Some(slot)) = (self.shapes.list(alias), self.lists.get_mut(index)) {
                *slot = first;
                list = DeferredValue { at: alias, target, ..second };
            }
        }
        self.lists.push(list);
    }
}
