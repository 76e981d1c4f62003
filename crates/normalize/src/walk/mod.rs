//! One walk over each row: scalars to columns, lists to child tables.

mod fields;
mod origin;
mod row_kind;
mod shared_columns;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use catchment_json::{Node, NodeKind};
use catchment_schema::{DataType, Schema};

use crate::NormalizeError;
use crate::cells::TableCells;
use crate::ids::{RootIds, child_id};
use crate::rules::NormalizeRules;
use crate::shape::{KeyIndex, ROW, ShapeCache};
use crate::shred::SourceRow;
use origin::{ParentRow, RowOrigin};
use row_kind::RowKind;

/// Collects the rows of a batch.
pub(crate) struct RowWalker<'s, 'd> {
    shapes: &'s mut ShapeCache,
    walked: WalkResult<'d>,
    schema: &'s Schema,
    rules: &'s NormalizeRules,
    batch: u64,
    root_ids: RootIds,
    max_nesting: i64,
    with_root_ids: bool,
    has_json_columns: bool,
    /// What is known of a table's rows, by its index.
    kinds: Vec<Option<RowKind>>,
    /// Objects that were met in a row and wait to be flattened.
    objects: Vec<DeferredValue<'d>>,
    /// Lists that were met in a row and wait until it is complete.
    lists: Vec<DeferredValue<'d>>,
    /// Where the lists of the row at hand begin.
    first_list: usize,
    /// Where the nulls of the row at hand begin.
    first_null: usize,
    /// The id that the row at hand brings along.
    given_id: Option<Node<'d>>,
    /// The page of the source row at hand.
    ordinal: u64,
    /// Its place in the page.
    source_row: u64,
    /// How many rows of it are root rows, so far.
    roots: u32,
    object_number: u64,
    error: Option<NormalizeError>,
    /// How many bytes of memory the rows may take.
    max_bytes: usize,
    /// After how many rows it is measured what they take.
    measured_rows: usize,
    /// How many there are since it was.
    unmeasured: usize,
    /// Takes the rows that are complete when they take too much.
    hand_out: Option<RowSink<'s, 'd>>,
    /// Whether no more rows are taken in.
    is_stopped: bool,
}

/// The more memory rows may take, the less often it is measured: once for each of these bytes at most, and for 64 rows at
/// least.
const BYTES_BETWEEN_MEASURES: usize = 64 << 10;
const MAX_UNMEASURED_ROWS: usize = 64;

/// Takes complete rows; `Break` where it wants no more.
pub(crate) type RowSink<'s, 'd> = &'s mut (dyn FnMut(&ShapeCache, WalkResult<'d>) -> ControlFlow<()> + 's);

/// What was collected.
#[derive(Default)]
pub(crate) struct WalkResult<'d> {
    /// By the index of the table.
    pub(crate) tables: Vec<TableCells<'d>>,
    /// The tables that have rows, in the order of their first ones.
    pub(crate) order: Vec<usize>,
    /// Keys that another one of the same row has taken the name of.
    pub(crate) renamed: Vec<KeyIndex>,
    /// Keys that had null.
    pub(crate) nulls: Vec<KeyIndex>,
    /// The tables of lists that had null.
    pub(crate) null_elements: BTreeSet<usize>,
}

/// A container under a key: `target` is the object shape or table that it goes to.
#[derive(Clone, Copy)]
struct DeferredValue<'d> {
    at: KeyIndex,
    node: Node<'d>,
    target: usize,
    level: i64,
}

impl<'s, 'd> RowWalker<'s, 'd> {
    pub(crate) fn new(shapes: &'s mut ShapeCache, schema: &'s Schema, root: &str, rules: &'s NormalizeRules, batch: u64) -> Self {
        let is_json = |data_type| data_type == Some(DataType::Json);
        RowWalker {
            shapes,
            walked: WalkResult::default(),
            schema,
            rules,
            batch,
            root_ids: RootIds::from_schema(schema, root),
            max_nesting: schema.max_nesting(root),
            with_root_ids: schema.propagates_root_id(root),
            has_json_columns: rules.prefers_json()
                || schema.table_tree(root).iter().any(|t| t.columns.values().any(|c| is_json(c.data_type))),
            kinds: Vec::new(),
            objects: Vec::new(),
            lists: Vec::new(),
            first_list: 0,
            first_null: 0,
            given_id: None,
            ordinal: 0,
            source_row: 0,
            roots: 0,
            object_number: 0,
            error: None,
            max_bytes: usize::MAX,
            measured_rows: usize::MAX,
            unmeasured: 0,
            hand_out: None,
            is_stopped: false,
        }
    }

    /// Stops where rows take more than `max_bytes` of memory, or hands out those that are complete, where there is somebody to
    /// take them: between any two rows, those of lists too.
    pub(crate) fn with_memory_limit(mut self, max_bytes: usize, hand_out: Option<RowSink<'s, 'd>>) -> Self {
        (self.max_bytes, self.hand_out) = (max_bytes, hand_out);
        self.measured_rows = (max_bytes / BYTES_BETWEEN_MEASURES).clamp(1, MAX_UNMEASURED_ROWS);
        self
    }

    /// Whether it was stopped before all rows were taken in.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped || self.shapes.is_full()
    }

    /// Takes in a row of the source. Null is none.
    pub(crate) fn root_row(&mut self, row: &SourceRow<'d>) {
        if row.node.kind() != NodeKind::Null {
            (self.ordinal, self.source_row) = (row.ordinal, row.row);
            self.roots = 0;
            self.row(0, row.node, "value", RowOrigin::Root, self.max_nesting);
            self.enforce_limit();
        }
    }

    /// The rows by table, or what is wrong with one of them.
    pub(crate) fn finish(self) -> Result<WalkResult<'d>, NormalizeError> {
        self.error.map_or(Ok(self.walked), Err)
    }

    /// Takes in a row and the rows of its lists. What is no object becomes one with `key`.
    fn row(&mut self, table: usize, node: Node<'d>, key: &str, origin: RowOrigin<'_>, level: i64) {
        if self.cells(table).rows == 0 {
            self.walked.order.push(table);
            self.cells(table).known_columns = self.schema_column_count(table);
        }
        let source_row = self.source_row;
        self.cells(table).begin_row(node, source_row);
        let outer = std::mem::replace(&mut self.first_list, self.lists.len());
        self.given_id = None;
        match node.kind() {
            NodeKind::Object => self.flatten(table, node, level),
            NodeKind::Array if level > 0 => {
                if let Some(target) = self.shapes.child(table, key) {
                    let at = KeyIndex { table, object: ROW, key: usize::MAX };
                    self.lists.push(DeferredValue { at, node, target, level });
                }
            }
            NodeKind::Null => {
                self.walked.null_elements.insert(table);
            }
            _ => {
                if let Some(column) = self.shapes.named_column(table, key) {
                    self.cells(table).set(column, node);
                }
            }
        }
        let id = self.id(table, node, origin);
        let RowKind { is_linked, is_merged } = self.kind(table);
        let above = match origin {
            RowOrigin::List { above: ParentRow { root_id, root_row, .. }, .. } if is_linked => {
                ParentRow { id: &id, root_id, root_row }
            }
            _ => ParentRow { id: &id, root_id: &id, root_row: is_merged.then(|| self.root_number()) },
        };
        self.set_system_columns(table, above, origin, is_linked);
        let (first_list, last_list) = (self.first_list, self.lists.len());
        for at in first_list..last_list {
            if let Some(list) = self.lists.get(at).copied() {
                self.list(list, above);
            }
        }
        self.lists.truncate(first_list);
        self.first_list = outer;
    }

    fn id(&mut self, table: usize, node: Node<'d>, origin: RowOrigin<'_>) -> String {
        let given = self.given_id.and_then(Node::as_str).filter(|id| !id.is_empty());
        match (given, origin) {
            (Some(given), _) => given.into_owned(),
            (None, RowOrigin::List { above, index }) => {
                let name = self.shapes.tables.get(table).map_or("", |table| &table.name);
                child_id(above.id, name, index)
            }
            (None, RowOrigin::Root) => {
                let shape = self.shapes.tables.get(table);
                let cells = self.walked.tables.get(table);
                let value = |column: &str| cells?.current(shape?.column_index(column)?);
                match self.root_ids.id(self.rules.seed, (self.ordinal, self.source_row), node, value) {
                    Ok(id) => id,
                    Err(column) => {
                        let table = shape.map(|shape| shape.name.to_string()).unwrap_or_default();
                        let row = usize::try_from(self.source_row).map_or(0, |row| row + 1);
                        self.error.get_or_insert(NormalizeError::no_key(table, column, row));
                        String::new()
                    }
                }
            }
        }
    }

    /// The number of the next root row of the source row at hand: it grows from row to row. 40 bits for the page
    /// and 28 for each of row and place in it: what has room in the digits of the number.
    fn root_number(&mut self) -> i128 {
        let number = (i128::from(self.ordinal) << 56) | (i128::from(self.source_row) << 28) | i128::from(self.roots);
        self.roots += 1;
        number
    }

    /// Gives the row at hand, `own`, its system columns.
    fn set_system_columns(&mut self, table: usize, own: ParentRow<'_>, origin: RowOrigin<'_>, is_linked: bool) {
        let with_root_ids = self.with_root_ids;
        let cells = self.cells(table);
        cells.ids.push(own.id);
        if let RowOrigin::List { above, index } = origin
            && is_linked
        {
            cells.parent_ids.push(above.id);
            cells.list_indices.push(index);
            if with_root_ids {
                cells.root_ids.push(own.root_id);
            }
        }
        cells.root_rows.extend(own.root_row);
    }

    /// The rows of a list; lists in it become rows with a list of their own.
    fn list(&mut self, list: DeferredValue<'d>, above: ParentRow<'_>) {
        let level = list.level - 1;
        for (index, element) in (0..).zip(list.node.elements()) {
            if self.is_stopped() {
                return;
            }
            let origin = RowOrigin::List { above, index };
            let (key, level) = if element.kind() == NodeKind::Array { ("list", level - 1) } else { ("value", level) };
            self.row(list.target, element, key, origin, level);
            self.enforce_limit();
        }
    }

    /// Sees to it that the rows do not take too much memory, now that there is one more.
    #[inline]
    fn enforce_limit(&mut self) {
        self.unmeasured += 1;
        if self.unmeasured >= self.measured_rows {
            self.unmeasured = 0;
            if self.walked.tables.iter().map(TableCells::memory).sum::<usize>() > self.max_bytes {
                self.flush();
            }
        }
    }

    #[cold]
    fn flush(&mut self) {
        match &mut self.hand_out {
            Some(hand_out) => {
                let complete = std::mem::take(&mut self.walked);
                self.is_stopped = hand_out(self.shapes, complete).is_break();
            }
            None => self.is_stopped = true,
        }
    }

    /// How many columns the schema has for a table.
    fn schema_column_count(&self, table: usize) -> usize {
        let shape = self.shapes.tables.get(table);
        shape.and_then(|shape| self.schema.tables.get(&*shape.name)).map_or(0, |known| known.columns.len())
    }

    fn cells(&mut self, table: usize) -> &mut TableCells<'d> {
        if self.walked.tables.len() <= table {
            self.walked.tables.resize_with(table + 1, TableCells::default);
        }
        &mut self.walked.tables[table]
    }
}
