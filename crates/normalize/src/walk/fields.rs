//! Flattening of objects into columns.

use std::sync::Arc;

use catchment_json::{Node, NodeKind};
use catchment_schema::DataType;

use super::{DeferredValue, RowWalker};
use crate::shape::{KeyIndex, ROW};

impl<'d> RowWalker<'_, 'd> {
    /// Sets columns to the scalars of an object and of its nested objects.
    ///
    /// Nested objects are processed last in, first out, like in dlt, which determines the order of columns.
    pub(super) fn flatten(&mut self, table: usize, row: Node<'d>, level: i64) {
        let bottom = self.objects.len();
        let renamed = self.walked.renamed.len();
        self.first_null = self.walked.nulls.len();
        loop {
            let known = self.shapes.shared_names();
            self.fields(table, ROW, row, level);
            while self.objects.len() > bottom {
                if let Some(object) = self.objects.pop() {
                    self.fields(table, object.target, object.node, object.level);
                }
            }
            if self.shapes.shared_names() == known {
                return;
            }
            // Starts the row over, because the cache now contains all colliding keys of the row.
            self.cells(table).clear_row();
            self.lists.truncate(self.first_list);
            self.walked.renamed.truncate(renamed);
            for null in self.walked.nulls.split_off(self.first_null) {
                self.shapes.clear_null(null);
            }
            self.given_id = None;
        }
    }

    fn fields(&mut self, table: usize, object: usize, node: Node<'d>, level: i64) {
        self.object_number += 1;
        let number = self.object_number;
        let mut expected = 0;
        for (key, value) in node.entries() {
            let Some(key) = self.shapes.key(table, object, key, expected, self.rules) else { continue };
            expected = key + 1;
            let mut at = KeyIndex { table, object, key };
            let (is_first, is_special) = self.shapes.record_key(at, number);
            if is_special {
                at = self.resolve_key(at, node, value);
            }
            if !is_first {
                self.take_back(at);
            }
            match value.kind() {
                NodeKind::Null => {
                    if self.shapes.record_null(at, self.batch) {
                        self.walked.nulls.push(at);
                    }
                }
                NodeKind::Object if !self.stays_json(at, level) => {
                    if let Some(target) = self.shapes.object(at) {
                        self.objects.push(DeferredValue { at, node: value, target, level: level - 1 });
                    }
                }
                NodeKind::Array if !self.stays_json(at, level) => self.defer_list(at, value, level),
                _ => self.put(at, value),
            }
        }
    }

    /// Removes the value of an earlier duplicate of the key in the same object: the last duplicate wins.
    fn take_back(&mut self, at: KeyIndex) {
        self.objects.retain(|waiting| waiting.at != at);
        let alias = self.shapes.existing_alias(at);
        self.lists.retain(|waiting| waiting.at != at && Some(waiting.at) != alias);
        if let Some(index) = (self.first_null..self.walked.nulls.len()).find(|i| self.walked.nulls.get(*i) == Some(&at)) {
            self.walked.nulls.remove(index);
            self.shapes.clear_null(at);
        }
        let Some(column) = self.shapes.column(at) else { return };
        let is_shared = self.shapes.tables.get(at.table).is_some_and(|table| table.is_shared(column));
        if !is_shared || self.cells(at.table).source_key(column) == Some(at) {
            self.cells(at.table).clear(column);
        } else if let Some(alias) = alias.and_then(|alias| self.shapes.column(alias)) {
            self.cells(at.table).clear(alias);
        }
    }

    /// Returns true if objects and lists under the key stay JSON text.
    fn stays_json(&mut self, at: KeyIndex, level: i64) -> bool {
        if level <= 0 || !self.has_json_columns {
            return level <= 0;
        }
        let table = self.shapes.tables.get(at.table).map(|table| Arc::clone(&table.name));
        let table = table.and_then(|name| self.schema.tables.get(&*name));
        let rules = self.rules;
        self.shapes.stays_json(at, self.batch, |column| {
            let known = table.and_then(|table| table.columns.get(column)).and_then(|column| column.data_type);
            known.or_else(|| rules.columns.preferred_type(column)) == Some(DataType::Json)
        })
    }
}
