//! Where values go to of which a row has two for one name.

use catchment_json::Node;

use super::{Waiting, Walk};
use crate::shape::KeyAt;

impl<'d> Walk<'_, 'd> {
    /// Looks at a key that has rivals, or is the id of the row; returns where its value goes to.
    pub(super) fn special(&mut self, at: KeyAt, object: Node<'d>, value: Node<'d>) -> KeyAt {
        let settled = self.shapes.settle(at, object);
        if settled != at {
            self.walked.renamed.push(settled);
        } else if self.shapes.is_row_id(at) {
            self.given_id = Some(value);
        }
        settled
    }

    /// Puts a scalar, or what stays JSON, into its column.
    pub(super) fn put(&mut self, at: KeyAt, value: Node<'d>) {
        let Some(column) = self.shapes.column(at) else { return };
        if !self.shapes.tables.get(at.table).is_some_and(|table| table.is_shared(column)) {
            return self.cells(at.table).put(column, value);
        }
        let cells = self.cells(at.table);
        let (held, holder) = (cells.current(column), cells.holder(column));
        match held.zip(holder.filter(|holder| *holder != at)) {
            Some((held, holder)) if self.shapes.is_before(at, holder) => {
                let cells = self.cells(at.table);
                cells.take_back(column);
                cells.put_shared(column, value, at);
                self.put_twin(holder, held);
            }
            Some(_) => self.put_twin(at, value),
            None => self.cells(at.table).put_shared(column, value, at),
        }
    }

    /// Puts a value under a name of its own, as another key of the row has the plain one.
    fn put_twin(&mut self, at: KeyAt, value: Node<'d>) {
        let twin = self.shapes.twin(at);
        self.walked.renamed.push(twin);
        if let Some(column) = self.shapes.column(twin) {
            self.cells(twin.table).put(column, value);
        }
    }

    /// Notes a list, for when the row is complete.
    pub(super) fn wait_for_list(&mut self, at: KeyAt, node: Node<'d>, level: i64) {
        let Some(target) = self.shapes.list(at) else { return };
        let mut list = Waiting { at, node, target, level };
        if self.shapes.tables.get(target).is_some_and(|table| table.has_several_lists())
            && let Some(place) =
                (self.first_list..self.lists.len()).find(|i| self.lists.get(*i).is_some_and(|l| l.target == target))
            && let Some(other) = self.lists.get(place).copied()
        {
            let (first, second) = if self.shapes.is_before(other.at, at) { (other, list) } else { (list, other) };
            let twin = self.shapes.twin(second.at);
            self.walked.renamed.push(twin);
            if let (Some(target), Some(slot)) = (self.shapes.list(twin), self.lists.get_mut(place)) {
                *slot = first;
                list = Waiting { at: twin, target, ..second };
            }
        }
        self.lists.push(list);
    }
}
