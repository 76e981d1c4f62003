//! One walk over each row: scalars to columns, lists to child tables.

use std::sync::Arc;

use catchment_json::{Kind, Node};
use catchment_schema::{DLT_ID, DataType, Schema};

use crate::cells::TableCells;
use crate::ids::{IdSeed, child_id};
use crate::shape::{KeyAt, ROW, Shapes};

/// As deep as objects and lists are taken apart, unless a table says otherwise.
const MAX_NESTING: i64 = 1000;

/// Collects the rows of a batch.
pub(crate) struct Walk<'s, 'd> {
    pub(crate) shapes: &'s mut Shapes,
    pub(crate) tables: Vec<TableCells<'d>>,
    schema: &'s Schema,
    with_root_ids: bool,
    has_json_columns: bool,
    seed: IdSeed,
    /// Objects that were met in a row and wait to be flattened.
    objects: Vec<Waiting<'d>>,
    /// Lists that were met in a row and wait until it is complete.
    lists: Vec<Waiting<'d>>,
    object_number: u64,
}

/// A container under a key: `target` is the object shape or table that it goes to.
#[derive(Clone, Copy)]
struct Waiting<'d> {
    at: KeyAt,
    node: Node<'d>,
    target: usize,
    level: i64,
}

/// The row that a child row belongs to.
#[derive(Clone, Copy)]
struct Parent<'i> {
    id: &'i str,
    root_id: &'i str,
    index: i64,
}

impl<'s, 'd> Walk<'s, 'd> {
    pub(crate) fn new(shapes: &'s mut Shapes, schema: &'s Schema, root: &str, seed: IdSeed) -> Self {
        let with_root_ids = schema.propagates_root_id(root);
        let has_json_columns = schema.chain(root).iter().any(|t| t.columns.values().any(|c| c.data_type == Some(DataType::Json)));
        let (tables, objects, lists) = (Vec::new(), Vec::new(), Vec::new());
        Walk { shapes, tables, schema, with_root_ids, has_json_columns, seed, objects, lists, object_number: 0 }
    }

    /// Takes in row `row` of page `ordinal`. Null is no row.
    pub(crate) fn root_row(&mut self, node: Node<'d>, ordinal: u64, row: u64) {
        if node.kind() != Kind::Null {
            let seed = self.seed;
            self.row(0, node, "value", None, || seed.root_id(ordinal, row), MAX_NESTING);
        }
    }

    /// Takes in a row and the rows of its lists. What is no object becomes one with `key`.
    fn row(
        &mut self,
        table: usize,
        node: Node<'d>,
        key: &str,
        parent: Option<Parent<'_>>,
        id: impl FnOnce() -> String,
        level: i64,
    ) {
        self.cells(table).rows += 1;
        let first_list = self.lists.len();
        match node.kind() {
            Kind::Object => self.flatten(table, node, level),
            Kind::Array => {
                if let Some(target) = self.shapes.child(table, key) {
                    let at = KeyAt { table, object: ROW, key: usize::MAX };
                    self.lists.push(Waiting { at, node, target, level });
                }
            }
            Kind::Null => {}
            _ => {
                if let Some(column) = self.shapes.named_column(table, key) {
                    self.cells(table).put(column, node);
                }
            }
        }
        let id = given_id(node).unwrap_or_else(id);
        let root_id = parent.map_or(id.as_str(), |parent| parent.root_id);
        self.link(table, &id, parent);
        let last_list = self.lists.len();
        for at in first_list..last_list {
            if let Some(list) = self.lists.get(at).copied() {
                self.list(list, &id, root_id);
            }
        }
        self.lists.truncate(first_list);
    }

    /// Gives the row at hand its system columns.
    fn link(&mut self, table: usize, id: &str, parent: Option<Parent<'_>>) {
        let with_root_ids = self.with_root_ids;
        let cells = self.cells(table);
        cells.ids.push(id);
        if let Some(parent) = parent {
            cells.parent_ids.push(parent.id);
            cells.list_indices.push(parent.index);
            if with_root_ids {
                cells.root_ids.push(parent.root_id);
            }
        }
    }

    /// The rows of a list; lists in it become rows with a list of their own.
    fn list(&mut self, list: Waiting<'d>, parent_id: &str, root_id: &str) {
        let level = list.level - 1;
        let Some(name) = self.shapes.tables.get(list.target).map(|t| Arc::clone(&t.name)) else { return };
        for (index, element) in (0..).zip(list.node.elements()) {
            let parent = Parent { id: parent_id, root_id, index };
            let (key, level) = if element.kind() == Kind::Array { ("list", level - 1) } else { ("value", level) };
            self.row(list.target, element, key, Some(parent), || child_id(parent_id, &name, index), level);
        }
    }

    /// Puts the scalars of an object, and of the objects in it, into columns.
    ///
    /// The reference keeps a stack of objects, so that the one met last comes first; the order of columns
    /// follows from it.
    fn flatten(&mut self, table: usize, row: Node<'d>, level: i64) {
        let bottom = self.objects.len();
        self.fields(table, ROW, row, level);
        while self.objects.len() > bottom {
            if let Some(object) = self.objects.pop() {
                self.fields(table, object.target, object.node, object.level);
            }
        }
    }

    fn fields(&mut self, table: usize, object: usize, node: Node<'d>, level: i64) {
        self.object_number += 1;
        let number = self.object_number;
        let mut expected = 0;
        for (key, value) in node.entries() {
            let Some(key) = self.shapes.key(table, object, key, expected) else { continue };
            expected = key + 1;
            let at = KeyAt { table, object, key };
            if !self.shapes.see(at, number) {
                self.take_back(at);
            }
            match value.kind() {
                Kind::Null => {}
                Kind::Object if !self.stays_json(at, level) => {
                    if let Some(target) = self.shapes.object(at) {
                        self.objects.push(Waiting { at, node: value, target, level: level - 1 });
                    }
                }
                Kind::Array if !self.stays_json(at, level) => {
                    if let Some(target) = self.shapes.list(at) {
                        self.lists.push(Waiting { at, node: value, target, level });
                    }
                }
                _ => {
                    if let Some(column) = self.shapes.column(at) {
                        self.cells(table).put(column, value);
                    }
                }
            }
        }
    }

    /// Takes back what the first of two equal keys of an object brought: the last one counts.
    fn take_back(&mut self, at: KeyAt) {
        self.objects.retain(|waiting| waiting.at != at);
        self.lists.retain(|waiting| waiting.at != at);
        if let Some(column) = self.shapes.column(at) {
            self.cells(at.table).take_back(column);
        }
    }

    /// Whether containers under the key are kept as JSON text.
    fn stays_json(&mut self, at: KeyAt, level: i64) -> bool {
        if level <= 0 || !self.has_json_columns {
            return level <= 0;
        }
        let Some(column) = self.shapes.column_name(at) else { return false };
        let table = self.shapes.tables.get(at.table).and_then(|t| self.schema.tables.get(&*t.name));
        table.and_then(|t| t.columns.get(&column)).is_some_and(|c| c.data_type == Some(DataType::Json))
    }

    fn cells(&mut self, table: usize) -> &mut TableCells<'d> {
        if self.tables.len() <= table {
            self.tables.resize_with(table + 1, TableCells::default);
        }
        &mut self.tables[table]
    }
}

/// The id that a row brings along.
fn given_id(node: Node<'_>) -> Option<String> {
    let id = node.get(DLT_ID)?.text()?;
    (!id.is_empty()).then(|| id.into_owned())
}
